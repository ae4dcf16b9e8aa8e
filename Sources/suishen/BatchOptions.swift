import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import IssuerService

/// One JSON request a line in, one result a line out, in order.
struct BatchOptions: ParsableArguments {
    /// Requests on their way at once: enough to share commits, few enough to bound memory.
    private static let windowCount = 512
    private static let lineByteCountMax = 64 << 10

    @Option(name: .customLong("from"), help: "Read requests from this file, one JSON object a line; - for stdin.")
    var source: String?

    /// Sends every line of the source, and prints each answer, or each refusal, in the lines' order.
    ///
    /// - Parameters:
    ///   - operation: what each line asks for.
    ///   - state: the installation.
    /// - Throws: ``CommandError`` with status 1 after the last line, when any line was refused.
    func run(_ operation: IssuerOperation, on state: StateOptions) async throws {
        guard let source else { return }
        let service = try state.service()
        let caller = state.caller
        var lines = try LineReader(path: source, byteCountMax: Self.lineByteCountMax)
        var progress = Progress(unit: "requests")
        var refusedCount = 0
        var isAtEnd = false
        while !isAtEnd {
            var window: [Task<JSONValue, Never>] = []
            while window.count < Self.windowCount {
                guard let line = try lines.next() else {
                    isAtEnd = true
                    break
                }
                window.append(Task { await Self.answer(line, operation, service, caller) })
            }
            var output = ""
            for task in window {
                let answer = await task.value
                refusedCount += answer["error"] == nil ? 0 : 1
                output += answer.encoded() + "\n"
            }
            StandardStream.output.write(output)
            progress.advance(by: window.count)
        }
        progress.finish()
        guard refusedCount == 0 else {
            throw CommandError(
                code: "requests_refused", reason: "\(refusedCount) requests were refused",
                hint: "their lines in the output say why; the others were done", status: .failure)
        }
    }

    private static func answer(
        _ line: LineReader.Line, _ operation: IssuerOperation, _ service: IssuingService,
        _ caller: IssuingService.Caller
    ) async -> JSONValue {
        do {
            guard case .text(let bytes) = line else {
                throw OperationError(
                    code: "request_too_long", reason: "a request line is over \(lineByteCountMax) bytes",
                    hint: "send one object a line")
            }
            let body = try JSONValue.parse(bytes, byteCountMax: lineByteCountMax)
            return try await service.perform(operation, body, by: caller)
        } catch let error as JSONError {
            return refusal("request_malformed", error.reason, error.hint)
        } catch {
            let error = OperationError(any: error)
            return refusal(error.code, error.reason, error.hint)
        }
    }

    private static func refusal(_ code: String, _ reason: String, _ hint: String) -> JSONValue {
        ["error": ["code": .string(code), "reason": .string(reason), "hint": .string(hint)]]
    }
}
