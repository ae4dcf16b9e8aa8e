import ArgumentParser
import Glibc

/// Accepts every line at once: what is left of a delay is the scanner's and the machine's.
struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Accept every line without a look at it, as the baseline of a pace.")

    func run() throws {
        let answer = Array("\(GateProcess.acceptance)}\n".utf8)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            for byte in chunk[..<count] where byte == UInt8(ascii: "\n") {
                _ = unsafe answer.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
            }
        }
    }
}
