import Synchronization

/// When each code of a run was revoked, and what a verdict on it may be by then.
final class Revocations: Sendable {
    /// How long a gate may take to hear of a revocation.
    static let graceNanoseconds: UInt64 = 2_000_000_000

    private struct State {
        /// By a code's number: before this the gate could not know; nil while it is not revoked.
        var exportBeganAt: [UInt64?]
        /// From this on the folder said so.
        var exportEndedAt: [UInt64?]
        /// The newest bundle that a verdict rested on.
        var newestVersion: UInt64 = 0
    }

    private let state: Mutex<State>

    init(codeCount: Int) {
        let never = [UInt64?](repeating: nil, count: codeCount)
        state = Mutex(State(exportBeganAt: never, exportEndedAt: never))
    }

    var newestVersion: UInt64 { state.withLock { $0.newestVersion } }

    func exportBegins(revoking codes: [Int], at time: UInt64) {
        state.withLock { state in codes.forEach { state.exportBeganAt[$0] = time } }
    }

    func exportEnded(revoking codes: [Int], at time: UInt64) {
        state.withLock { state in codes.forEach { state.exportEndedAt[$0] = time } }
    }

    /// Whether a verdict is one that may be: a code never revoked is accepted, and one that was revoked long enough
    /// before its line was sent is refused.
    func allows(_ answer: GateAnswer, onCode code: Int, sentAt: UInt64) -> Bool {
        state.withLock { state in
            state.newestVersion = max(state.newestVersion, answer.bundleVersion ?? 0)
            let mustBeRefused = state.exportEndedAt[code].map { sentAt > $0 + Self.graceNanoseconds } ?? false
            let mayBeRefused = state.exportBeganAt[code] != nil
            switch answer.code {
            case .accepted: return !mustBeRefused
            case .revoked: return mayBeRefused
            case .other: return false
            }
        }
    }
}
