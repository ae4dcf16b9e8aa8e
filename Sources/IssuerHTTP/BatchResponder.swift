import Encoding
import HTTPTypes
import HummingbirdCore
import Issuing
import NIOCore

/// Answers a stream of requests, one JSON object per line, in order and while the lines arrive.
struct BatchResponder: Sendable {
    static let contentType = "application/x-ndjson"
    /// The codes in one window: enough lines to share commits, few enough to bound memory.
    private static let windowCodeCount = 512
    /// The windows begun while an earlier one is answered, so that the registry never waits for signatures.
    private static let windowCountAhead = 2

    let service: IssuingService
    let operation: IssuerOperation
    /// Gives the caller who asks, with the current roles and time for each line.
    let caller: @Sendable () throws(OperationError) -> IssuingService.Caller
    /// Counts a line against its caller's rate; gives the time after which to ask again where it was not counted.
    let takeLine: @Sendable () -> Duration?
    /// Is told of every refused line.
    let noteRefusal: @Sendable (OperationError) -> Void

    static func isBatch(_ request: Request) -> Bool {
        let type = request.headers[.contentType] ?? ""
        return type.prefix { $0 != ";" && $0 != " " }.lowercased() == contentType
    }

    private typealias Window = [Result<BegunRequest, OperationError>]

    /// Answers every line; while the client does not read the answers, only a few more windows are read.
    ///
    /// - Parameters:
    ///   - body: the lines.
    ///   - write: sends bytes, and waits until the client has room for them.
    /// - Returns: the number of lines that succeeded, and of lines that were refused.
    /// - Throws: when the connection breaks; lines that were answered before stay done.
    func stream(
        _ body: RequestBody, write: ([UInt8]) async throws -> Void
    ) async throws -> (done: Int, refused: Int) {
        let windows = BoundedQueue<Window>(countMax: Self.windowCountAhead)
        async let reading: Void = begin(body, into: windows)
        var doneCount = 0
        var refusedCount = 0
        defer { windows.close() }
        while let window = await windows.take() {
            var output: [UInt8] = []
            for request in window {
                let (answer, isDone) = await answer(request)
                doneCount += isDone ? 1 : 0
                refusedCount += isDone ? 0 : 1
                output.append(contentsOf: answer)
                output.append(0x0A)
            }
            try await write(output)
        }
        try await reading
        return (doneCount, refusedCount)
    }

    /// Begins the lines one after the other, so that their changes are made in order.
    private func begin(_ body: RequestBody, into windows: BoundedQueue<Window>) async throws {
        defer { windows.close() }
        var splitter = LineSplitter(byteCountMax: RequestResponder.requestByteCountMax)
        for try await buffer in body {
            var lines = splitter.lines(endingIn: buffer.readableBytesView)[...]
            while !lines.isEmpty {
                guard await windows.put(begin(upTo: Self.windowCodeCount, of: &lines)) else { return }
            }
        }
        guard let last = splitter.last() else { return }
        var lines = [last][...]
        _ = await windows.put(begin(upTo: Self.windowCodeCount, of: &lines))
    }

    private func begin(upTo codeCountMax: Int, of lines: inout ArraySlice<LineSplitter.Line>) async -> Window {
        var window: Window = []
        var codeCount = 0
        while codeCount < codeCountMax, let line = lines.first {
            if let wait = takeLine(), !Task.isCancelled {
                // Lines that were begun are answered meanwhile.
                guard window.isEmpty else { break }
                try? await Task.sleep(for: wait)
                continue
            }
            lines.removeFirst()
            let request = await begin(line)
            if case .success(let begun) = request { codeCount += begun.codeCount } else { codeCount += 1 }
            window.append(request)
        }
        return window
    }

    private func begin(_ line: LineSplitter.Line) async -> Result<BegunRequest, OperationError> {
        let byteCountMax = RequestResponder.requestByteCountMax
        guard case .text(let bytes) = line else { return .failure(.requestTooLong(byteCountMax)) }
        do {
            let caller = try caller()
            return .success(try await service.begin(operation, line: bytes, byteCountMax: byteCountMax, by: caller))
        } catch {
            return .failure(OperationError(any: error))
        }
    }

    private func answer(
        _ begun: Result<BegunRequest, OperationError>
    ) async -> ([UInt8], isDone: Bool) {
        do {
            return (try await begun.get().answer().bytes, true)
        } catch {
            let error = OperationError(any: error)
            noteRefusal(error)
            return (OperationAnswer(json: error.json).bytes, false)
        }
    }
}
