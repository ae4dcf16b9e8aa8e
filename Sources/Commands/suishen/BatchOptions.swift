import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import Issuing

/// One JSON request a line in, one result a line out, in order.
struct BatchOptions: ParsableArguments {
    /// Requests on their way at once: enough to share commits, few enough to bound memory.
    private static let windowCount = 512
    /// The longest request.
    static let lineByteCountMax = 64 << 10

    @Option(
        name: .customLong("from"),
        help: "Read requests from this file, one JSON object a line; - for stdin. Without a line nothing is asked.")
    var source: String?

    /// Sends every line of the source, and prints each answer, or each refusal, in the lines' order.
    ///
    /// - Parameters:
    ///   - operation: what each line asks for.
    ///   - state: the installation.
    ///   - completed: adds to an answer what the command itself knows; where it cannot, the answer is printed as it is.
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
    ///   - completed: adds to an answer what the command itself knows.
    ///   - answering: gives as many answers as it is given lines.
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
            // A pipe's lines are answered as they come, though the next is not there yet.
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
                    // The request is done by now, and what it gave is nowhere but in this answer.
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
            Diagnostics(command: "suishen").warn("\(name) holds no requests, so that nothing was asked")
        }
        guard refusedCount == 0 else {
            throw CommandError(
                code: "requests_refused", reason: "\(refusedCount) requests were refused",
                hint: "their lines in the output say why; the others were done", status: .failure)
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
