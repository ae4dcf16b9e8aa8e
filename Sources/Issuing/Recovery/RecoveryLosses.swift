/// What a recovery found to be missing in the registry.
struct RecoveryLosses: Sendable {
    /// The personal fields whose epoch key is gone.
    let fieldCount: Int
    /// The revocations that the log of acts states, and that neither the backup nor a published list has.
    let revocationCount: UInt64

    /// The number of revocations that are missing.
    ///
    /// - Parameters:
    ///   - stated: the revocations in the log of acts; an installation of an earlier version has more than it states.
    ///   - kept: the revocations in the recovered registry.
    /// - Returns: 0 where none is missing.
    static func revocationCount(stated: UInt64, kept: UInt64) -> UInt64 { stated > kept ? stated - kept : 0 }
}
