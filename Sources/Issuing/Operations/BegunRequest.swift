/// A request that has its place in the order of requests, and is not answered yet.
package struct BegunRequest: Sendable {
    /// The number of codes to sign for the answer; 1 for every other request.
    package let codeCount: Int
    private let finish: @Sendable () async throws -> OperationAnswer

    init(codeCount: Int, finish: @escaping @Sendable () async throws -> OperationAnswer) {
        self.codeCount = codeCount
        self.finish = finish
    }

    /// Waits until the change is on disk, and returns the answer; call it once.
    ///
    /// - Throws: a refusal with its code. The change stands after `signing_failed`, `erase_incomplete` and
    ///   `beat_unwritable`; after any other error nothing was changed.
    package func answer() async throws(OperationError) -> OperationAnswer {
        do { return try await finish() } catch { throw OperationError(any: error) }
    }
}
