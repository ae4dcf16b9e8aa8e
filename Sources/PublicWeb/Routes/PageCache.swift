import Platform

/// The answers about codes that were made within the last second.
final class PageCache: Sendable {
    /// The age of an answer that is still given.
    static let ageMillisecondsMax = 1000
    /// Twice as many answers are kept at most.
    private static let countMax = 512

    /// What an answer depends on beside the time.
    struct Key: Hashable, Sendable {
        let path: CodePath
        let representation: Representation
        let language: PageLanguage
        let view: PageView
        let page: Int
    }

    private struct Kept: Sendable {
        let answer: WebAnswer
        let milliseconds: Int
    }

    private let kept = RecentValues<Key, Kept>(countMax: countMax)
    private let questions = SharedQuestions<Key, WebAnswer>()

    /// The answer for a key; it is made at most once a second, and kept where it is complete.
    func answer(_ key: Key, make: @escaping @Sendable () async -> WebAnswer) async -> WebAnswer {
        if let known = kept[key], MonotonicClock.milliseconds() - known.milliseconds < Self.ageMillisecondsMax {
            return known.answer
        }
        let made = try? await questions.ask(key) { [self] () async throws(WebError) in
            let answer = await make()
            if answer.status == 200 { kept[key] = Kept(answer: answer, milliseconds: MonotonicClock.milliseconds()) }
            return answer
        }
        // The question itself throws nothing.
        if let made { return made }
        return await make()
    }
}
