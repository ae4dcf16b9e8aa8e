import Encoding
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers a stream of requests, one JSON object a line, in the lines' order and while they arrive.
struct BatchResponder: Sendable {
    static let contentType = "application/x-ndjson"
    /// Lines on their way at once: enough to share commits, few enough to bound memory.
    private static let windowCount = 512

    private let service: IssuingService
    private let operation: IssuerOperation
    private let caller: IssuingService.Caller

    init(
        service: IssuingService, operation: IssuerOperation, caller: IssuingService.Caller
    ) throws(OperationError) {
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        self.service = service
        self.operation = operation
        self.caller = caller
    }

    static func isBatch(_ request: Request) -> Bool {
        let type = request.headers[.contentType] ?? ""
        return type.prefix { $0 != ";" && $0 != " " }.lowercased() == contentType
    }

    /// Answers every line; reads no further while the client does not take the answers.
    ///
    /// - Parameters:
    ///   - body: the lines.
    ///   - write: sends bytes, and waits until the client has room for them.
    /// - Returns: how many lines were done, and how many refused.
    /// - Throws: when the connection breaks; what was answered by then is done.
    func stream(
        _ body: RequestBody, write: ([UInt8]) async throws -> Void
    ) async throws -> (done: Int, refused: Int) {
        var splitter = LineSplitter(byteCountMax: RequestResponder.requestByteCountMax)
        var doneCount = 0
        var refusedCount = 0
        func answer(_ lines: [LineSplitter.Line]) async throws {
            var unasked = lines[...]
            while !unasked.isEmpty {
                let window = unasked.prefix(Self.windowCount)
                unasked = unasked.dropFirst(window.count)
                var output: [UInt8] = []
                // Begun one after the other, so that the lines' changes are made in their order.
                var begun: [Result<BegunRequest, OperationError>] = []
                for line in window { begun.append(await begin(line)) }
                for request in begun {
                    let (answer, isDone) = await Self.answer(request)
                    doneCount += isDone ? 1 : 0
                    refusedCount += isDone ? 0 : 1
                    output.append(contentsOf: answer)
                    output.append(0x0A)
                }
                try await write(output)
            }
        }
        for try await buffer in body { try await answer(splitter.lines(endingIn: buffer.readableBytesView)) }
        if let last = splitter.last() { try await answer([last]) }
        return (doneCount, refusedCount)
    }

    private func begin(_ line: LineSplitter.Line) async -> Result<BegunRequest, OperationError> {
        let byteCountMax = RequestResponder.requestByteCountMax
        do {
            guard case .text(let bytes) = line else { throw OperationError.requestTooLong(byteCountMax) }
            return .success(try await service.begin(operation, line: bytes, byteCountMax: byteCountMax, by: caller))
        } catch {
            return .failure(OperationError(any: error))
        }
    }

    private static func answer(
        _ begun: Result<BegunRequest, OperationError>
    ) async -> ([UInt8], isDone: Bool) {
        do {
            return (try await begun.get().answer().bytes, true)
        } catch {
            return (OperationAnswer(json: OperationError(any: error).json).bytes, false)
        }
    }
}
