import Synchronization

/// Questions under way: many who ask the same at one time get one answer.
final class SharedQuestions<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Answer = Result<Value, WebError>

    private let open = Mutex<[Key: Task<Answer, Never>]>([:])

    /// Asks, unless somebody asks the same already.
    ///
    /// - Parameters:
    ///   - key: tells questions apart.
    ///   - body: finds the answer.
    /// - Returns: the answer of this question, or of the one under way.
    /// - Throws: the error of `body`.
    func ask(
        _ key: Key, _ body: @escaping @Sendable () async throws(WebError) -> Value
    ) async throws(WebError) -> Value {
        let question = open.withLock { open in
            if let question = open[key] { return question }
            let question = Task { [self] in
                let answer = await Self.answer(body)
                self.open.withLock { $0[key] = nil }
                return answer
            }
            open[key] = question
            return question
        }
        return try await question.value.get()
    }

    private static func answer(_ body: () async throws(WebError) -> Value) async -> Answer {
        do throws(WebError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
