/// A request that has its place among the others, and whose answer is still to come.
package struct BegunRequest: Sendable {
    private let finish: @Sendable () async throws -> OperationAnswer

    init(finish: @escaping @Sendable () async throws -> OperationAnswer) {
        self.finish = finish
    }

    /// Waits for the answer, durable by then; asked once.
    ///
    /// - Throws: a refusal with its code; nothing of the request was done.
    package func answer() async throws(OperationError) -> OperationAnswer {
        do { return try await finish() } catch { throw OperationError(any: error) }
    }
}
