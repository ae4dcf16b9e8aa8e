import Encoding
import TraceLog

/// What one log knows of one witness, in memory alone: a restart asks the witness again.
struct WitnessStanding {
    /// The shortest and the longest rest after failures that follow one another.
    private static let restSeconds: (min: Int64, max: Int64) = (1, 60)
    /// The time after which a witness is asked again for the same checkpoint, so that the cosignature stays young.
    static let renewal = Duration.seconds(900)

    /// The size that the witness cosigned last, as far as this process knows; nil at first.
    private(set) var size: UInt64?
    /// The time of that cosignature, in seconds since 1970-01-01T00:00:00Z.
    private(set) var cosignedAt: UInt64?
    /// Why the last request failed; nil after a success.
    private(set) var trouble: String?
    private var isAsked = false
    private var failureCount: Int64 = 0
    private var restsUntil: ContinuousClock.Instant?
    private var cosignedText: String?

    /// Whether the witness can be asked to cosign this checkpoint now.
    func isDue(_ checkpoint: Checkpoint, at instant: ContinuousClock.Instant) -> Bool {
        guard !isAsked, size ?? 0 <= checkpoint.size else { return false }
        guard trouble != nil || cosignedText == checkpoint.text else { return true }
        return restsUntil.map { instant >= $0 } ?? true
    }

    mutating func begin() { isAsked = true }

    /// Notes a cosignature.
    ///
    /// - Returns: whether the request before it failed.
    mutating func succeed(_ checkpoint: Checkpoint, at time: UInt64, now: ContinuousClock.Instant) -> Bool {
        defer { trouble = nil }
        (isAsked, failureCount) = (false, 0)
        (size, cosignedAt, cosignedText) = (checkpoint.size, time, checkpoint.text)
        restsUntil = now + Self.renewal
        return trouble != nil
    }

    /// Notes a failure.
    ///
    /// - Returns: whether the code differs from the last request's.
    mutating func fail(_ code: String, now: ContinuousClock.Instant) -> Bool {
        defer { trouble = code }
        isAsked = false
        restsUntil = now + .seconds(min(Self.restSeconds.min << min(failureCount, 10), Self.restSeconds.max))
        failureCount += 1
        return code != trouble
    }

    /// Takes the cosignature that a published checkpoint has from an earlier process.
    mutating func recall(_ checkpoint: Checkpoint, at time: UInt64, now: ContinuousClock.Instant) {
        guard size == nil else { return }
        (size, cosignedAt) = (checkpoint.size, time)
    }

    func json(log: String, name: String, at now: UInt64) -> JSONValue {
        [
            "log": .string(log), "name": .string(name), "size": size.map { .integer(Int64(clamping: $0)) } ?? .null,
            "ageSeconds": cosignedAt.map { .integer(Int64(clamping: now > $0 ? now - $0 : 0)) } ?? .null,
            "error": trouble.map(JSONValue.string) ?? .null,
        ]
    }
}
