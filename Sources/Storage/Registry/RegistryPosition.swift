/// The installation that a registry belongs to, and how many groups of writes it has committed.
package struct RegistryPosition: Sendable, Equatable {
    /// Bytes of an installation's identifier.
    package static let installationByteCount = 16

    /// Random bytes that the installation was made with.
    package let installation: [UInt8]
    /// Raised by one in every transaction that changes anything.
    package let commitCount: UInt64
    /// The commit count of the newest transaction that opened a block of status indices.
    package let blockCommitCount: UInt64
}
