import ArgumentParser
import Glibc

/// A gate process that reads codes from one pipe and answers through another.
final class GateProcess: Sendable {
    /// The beginning of the answer to an accepted code.
    static let acceptance = #"{"verdict":"accept""#

    private let input: Int32
    private let output: Int32

    init(_ command: [String]) throws {
        var (toGate, fromGate) = ([Int32](repeating: 0, count: 2), [Int32](repeating: 0, count: 2))
        guard let program = command.first, unsafe pipe(&toGate) == 0,
            unsafe pipe(&fromGate) == 0
        else { throw ValidationError("name the gate's command line after --") }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, toGate[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromGate[1], 1)
        // If the gate kept a copy of the writing end, it would never see the input's end.
        for end in toGate + fromGate { unsafe posix_spawn_file_actions_addclose(&actions, end) }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        var child = pid_t()
        let status = unsafe posix_spawn(&child, program, &actions, nil, &arguments, environ)
        unsafe arguments.forEach { unsafe free($0) }
        unsafe posix_spawn_file_actions_destroy(&actions)
        close(toGate[0])
        close(fromGate[1])
        input = toGate[1]
        output = fromGate[0]
        guard status == 0 else { throw ValidationError("\(program) cannot be started") }
    }

    /// Writes lines with their line feeds.
    func write(_ lines: [UInt8]) {
        _ = unsafe lines.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
    }

    func endInput() {
        close(input)
    }

    /// Calls `visit` for every answer; the argument is true for an acceptance.
    func readLines(_ visit: (Bool) -> Void) {
        let accept = Array(Self.acceptance.utf8)
        readAnswers { visit($0.starts(with: accept)) }
    }

    /// Calls `visit` for every answer.
    func readAnswers(_ visit: ([UInt8]) -> Void) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var line: [UInt8] = []
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            for piece in chunk[..<count].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .enumerated()
            {
                if piece.offset > 0 {
                    visit(line)
                    line.removeAll(keepingCapacity: true)
                }
                line += piece.element
            }
        }
    }
}
