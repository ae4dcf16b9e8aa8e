import Encoding
import Signing
import Storage
import Synchronization

/// A status list's signed token, with the state of the registry that it shows.
struct KeptStatusList: Sendable {
    let token: [UInt8]
    /// Seconds since 1970-01-01T00:00:00Z.
    let issuedAt: UInt64
    /// The registry's count of commits when the list was read.
    let commitCount: UInt64
    /// Half of the token's SHA-256 in hex.
    let tag: String

    init(token: [UInt8], issuedAt: UInt64, commitCount: UInt64) {
        self.token = token
        self.issuedAt = issuedAt
        self.commitCount = commitCount
        tag = Hex.encode(Array(DigestAlgorithm.sha256.digest(token).prefix(16)))
    }
}

/// The signed status lists that are served until they change, so that a reader who asks often costs no signature.
final class KeptStatusLists: Sendable {
    /// The longest time for which a list that does not change is served; the shortest scene takes a day's age.
    private static let ageSecondsMax: UInt64 = 3600
    /// The most lists in memory; a list has at most 128 KiB.
    private static let countMax = 64

    private struct State {
        var lists: [String: KeptStatusList] = [:]
        /// The newest commit that may have changed a list's bits or its key; it may not be on disk yet.
        var changeCommitCount: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Builds one list at a time, on a thread that answers no other request.
    private let builds = WorkInTurn(label: "status.list")

    /// Notes a change of a list's bits or key, inside the transaction that makes the change.
    func noteChange(in transaction: any RegistrySnapshot) throws {
        let count = try (transaction.position()?.commitCount ?? 0) + 1
        noteChange(inCommit: count)
    }

    /// Notes a change that a commit of any daemon has made.
    func noteChange(inCommit count: UInt64) {
        state.withLock { $0.changeCommitCount = max($0.changeCommitCount, count) }
    }

    /// The newest commit that may have changed a list's bits or its key; it may not be on disk yet.
    var changeCommitCount: UInt64 { state.withLock(\.changeCommitCount) }

    /// A list that shows every change that was on disk when this was called.
    ///
    /// - Parameters:
    ///   - name: the shard's name.
    ///   - position: the registry's position on disk, as of a moment ago where other daemons change it too.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - lifetimeSeconds: the lifetime of a list's token.
    ///   - build: builds the list; only one build runs at a time.
    /// - Returns: the kept list, or a new one.
    /// - Throws: the error of `build`.
    func list(
        _ name: String, at position: RegistryPosition?, now: UInt64, lifetimeSeconds: UInt64,
        build: @escaping @Sendable () async throws -> KeptStatusList
    ) async throws -> KeptStatusList {
        let changeCount = max(state.withLock(\.changeCommitCount), position?.blockCommitCount ?? 0)
        let commitCount = min(changeCount, position?.commitCount ?? 0)
        let ageMax = min(Self.ageSecondsMax, lifetimeSeconds / 10)
        @Sendable func kept() -> KeptStatusList? {
            guard let list = state.withLock({ $0.lists[name] }), list.commitCount >= commitCount,
                // A list from the future was issued before the clock was set back.
                list.issuedAt <= now, now - list.issuedAt <= ageMax
            else { return nil }
            return list
        }
        if let kept = kept() { return kept }
        return try await builds.run { [self] in
            // An earlier build may have ended while this request waited.
            if let kept = kept() { return kept }
            let list = try await build()
            keep(list, as: name)
            return list
        }
    }

    private func keep(_ list: KeptStatusList, as name: String) {
        state.withLock { state in
            state.lists[name] = list
            guard state.lists.count > Self.countMax else { return }
            if let oldest = state.lists.min(by: { $0.value.issuedAt < $1.value.issuedAt }) {
                state.lists[oldest.key] = nil
            }
        }
    }
}
