import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Issuing

/// Reads one JSON request a line and prints one result a line, in the same order.
struct BatchOptions: ParsableArguments {
    /// Requests in progress at once: enough to share commits, few enough to bound memory.
    private static let windowCount = 512
    /// The longest request.
    static let lineByteCountMax = 64 << 10

    @Option(
        name: .customLong("from"),
        help: "Read requests from this file, one JSON object a line; - for stdin. An empty file sends nothing.")
    var source: String?

    /// Sends every line of the source, and prints each answer, or each refusal, in the lines' order.
    ///
    /// - Parameters:
    ///   - operation: the operation that each line requests.
    ///   - state: the installation.
    ///   - completed: adds the command's own facts to an answer; when it fails, the answer is printed unchanged.
    /// - Throws: ``CommandError`` after the last line, when any line was refused or could not be completed.
    func run(
        _ operation: IssuerOperation, on state: StateOptions,
        completed: (JSONValue) throws(CommandError) -> JSONValue = { $0 }
    ) async throws {
        let access = try state.access()
        try await run(completed: completed) { try await Self.answers(to: $0, operation, access) }
    }

    /// Reads every line of the source, and prints each answer, or each refusal, in the lines' order.
    ///
    /// - Parameters:
    ///   - completed: adds the command's own facts to an answer.
    ///   - answering: returns one answer for each line.
    /// - Throws: as ``run(_:on:completed:)``.
    func run(
        completed: (JSONValue) throws(CommandError) -> JSONValue = { $0 },
        answering: (_ lines: [[UInt8]]) async throws -> [JSONValue]
    ) async throws {
        guard let source else { return }
        var lines = try LineReader(path: source, byteCountMax: Self.lineByteCountMax)
        var progress = Progress(unit: "requests", total: lines.countAhead())
        var lineCount = 0
        var refusedCount = 0
        var incompleteness: CommandError?
        var isAtEnd = false
        while !isAtEnd {
            var window: [[UInt8]?] = []
            // Answers a pipe's lines as they arrive, without waiting for the next one.
            while window.isEmpty || window.count < Self.windowCount && lines.isReady {
                guard let line = try lines.next() else {
                    isAtEnd = true
                    break
                }
                if case .text(let bytes) = line { window.append(bytes) } else { window.append(nil) }
            }
            var answers = try await answering(window.compactMap(\.self))[...]
            var output = ""
            for line in window {
                let answer =
                    line == nil
                    ? OperationError.requestTooLong(Self.lineByteCountMax).json : answers.popFirst() ?? .null
                refusedCount += answer["error"] == nil ? 0 : 1
                do {
                    output += try completed(answer).encoded() + "\n"
                } catch {
                    // The request has been carried out, and only this answer holds its result.
                    output += answer.encoded() + "\n"
                    incompleteness = error
                }
            }
            StandardStream.output.write(output)
            lineCount += window.count
            progress.advance(by: window.count)
        }
        progress.finish()
        if lineCount == 0 {
            let name = source == "-" ? "stdin" : source
            Diagnostics(command: "suishen").warn("\(name) holds no requests, so nothing was sent")
        }
        guard refusedCount == 0 else {
            throw CommandError(
                code: "requests_refused", reason: "\(refusedCount) requests were refused",
                hint: "their lines in the output say why; the other requests were carried out", status: .failure)
        }
        if let incompleteness { throw incompleteness }
    }

    private static func answers(
        to lines: [[UInt8]], _ operation: IssuerOperation, _ access: IssuerAccess
    ) async throws -> [JSONValue] {
        do {
            return try await access.perform(operation, lines: lines, byteCountMax: lineByteCountMax)
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
