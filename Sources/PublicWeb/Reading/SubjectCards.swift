import Platform

/// The cards that were asked for last; names cannot change, so a card is kept for minutes.
final class SubjectCards: Sendable {
    private static let ageMillisecondsMax = 300_000
    /// How long it is remembered that a subject is not registered.
    private static let absenceMillisecondsMax = 5000
    private static let countMax = 4096

    private struct Known: Sendable {
        let card: SubjectCard?
        let milliseconds: Int
    }

    private let daemon: DaemonReader
    private let known = RecentValues<String, Known>(countMax: countMax)

    init(_ daemon: DaemonReader) {
        self.daemon = daemon
    }

    /// A subject's card; nil where it is not registered.
    ///
    /// - Throws: `daemon_unreachable`.
    func card(of subject: String) async throws(WebError) -> SubjectCard? {
        if let known = known[subject] {
            let age = MonotonicClock.milliseconds() - known.milliseconds
            if age < (known.card == nil ? Self.absenceMillisecondsMax : Self.ageMillisecondsMax) { return known.card }
        }
        let card = try await daemon.card(of: subject)
        known[subject] = Known(card: card, milliseconds: MonotonicClock.milliseconds())
        return card
    }
}
