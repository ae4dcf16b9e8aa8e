/// A request that has its place among the others, and whose answer is still to come.
package struct BegunRequest: Sendable {
    /// How many codes wait to be signed for its answer; 1 for anything that is small.
    package let codeCount: Int
    private let finish: @Sendable () async throws -> OperationAnswer

    init(codeCount: Int, finish: @escaping @Sendable () async throws -> OperationAnswer) {
        self.codeCount = codeCount
        self.finish = finish
    }

    /// Waits for the answer, durable by then; asked once.
    ///
    /// - Throws: a refusal with its code; nothing of the request was done, but for `signing_failed`,
    ///   `erase_incomplete` and `beat_unwritable`, after which the change stands.
    package func answer() async throws(OperationError) -> OperationAnswer {
        do { return try await finish() } catch { throw OperationError(any: error) }
    }
}
