package import Storage

extension IssuingService {
    /// Who asks, the caller's grants, and the time; the time is a parameter, since nothing here reads a clock.
    package struct Caller: Sendable {
        package let identity: CallerIdentity
        package let grants: Grants
        /// Milliseconds since 1970-01-01T00:00:00Z, as the log counts them.
        package let nowMilliseconds: UInt64
        package let idempotencyKey: String?
        /// Whether the user has opened the installation's files, in place of asking a daemon.
        let holdsFiles: Bool

        /// The longest idempotency key.
        package static let idempotencyKeyByteCountMax = 128

        /// The same time in seconds.
        var now: UInt64 { nowMilliseconds / 1000 }

        package init(
            identity: CallerIdentity, grants: Grants, nowMilliseconds: UInt64, idempotencyKey: String? = nil,
            holdsFiles: Bool = false
        ) {
            self.identity = identity
            self.grants = grants
            self.nowMilliseconds = nowMilliseconds
            self.idempotencyKey = idempotencyKey
            self.holdsFiles = holdsFiles
        }

        /// A user of this machine.
        package init(
            uid: UInt32, grants: Grants, nowMilliseconds: UInt64, idempotencyKey: String? = nil,
            holdsFiles: Bool = false
        ) {
            self.init(
                identity: .user(uid), grants: grants, nowMilliseconds: nowMilliseconds,
                idempotencyKey: idempotencyKey, holdsFiles: holdsFiles)
        }
    }
}
