import Synchronization

/// The time at which each code of a run was revoked, and the verdicts allowed at a time.
final class Revocations: Sendable {
    /// The time within which a gate must learn of a revocation.
    static let graceNanoseconds: UInt64 = 2_000_000_000

    private struct State {
        /// For each code, the time at which its revocation's export began; nil while the code is not revoked.
        var exportBeganAt: [UInt64?]
        /// For each code, the time from which the folder held its revocation.
        var exportEndedAt: [UInt64?]
        /// The newest bundle version that a verdict has rested on.
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

    /// Whether a verdict is allowed: a code that was never revoked must be accepted, and a code that was revoked long
    /// enough before its line was sent must be refused.
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
