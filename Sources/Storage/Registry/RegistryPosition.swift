/// The registry's installation, and the number of groups of writes that the registry has committed.
package struct RegistryPosition: Sendable, Equatable {
    /// The byte count of an installation's identifier.
    package static let installationByteCount = 16

    /// The installation's identifier: random bytes made with the installation.
    package let installation: [UInt8]
    /// The number of transactions that changed anything.
    package let commitCount: UInt64
    /// The commit count of the newest transaction that opened a block of status indices.
    package let blockCommitCount: UInt64
}
