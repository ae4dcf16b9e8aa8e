import ArgumentParser
import Dispatch
import Glibc
import Signing
import Synchronization

/// Accepts every line unread, to measure the delays of the scanner and the machine, with or without bare verifications.
struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Accept every line without reading its code, as the baseline of a pace.")

    @Option(help: "The number of Ed25519 verifications for each line, on any free core.")
    var verifications = 0

    func run() throws {
        let key = try SigningKey.generate(.ed25519)
        let message = [UInt8](repeating: 7, count: 200)
        let (verificationKey, signature) = (key.verificationKey, try key.sign(message))
        let answer = Array("\(GateProcess.acceptance)}\n".utf8)
        let turn = Mutex(())
        DispatchQueue.concurrentPerform(iterations: sysconf(Int32(_SC_NPROCESSORS_ONLN))) { _ in
            while let lineCount = turn.withLock({ _ in Self.readLines() }) {
                for _ in 0..<lineCount {
                    let isValid = (0..<verifications).allSatisfy { _ in
                        verificationKey.isValid(signature, for: message)
                    }
                    guard isValid else { continue }
                    _ = unsafe answer.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
                }
            }
        }
    }

    /// Reads the available input, and returns the number of lines that it ends; nil at the end.
    private static func readLines() -> Int? {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) { chunk in
            let count = unsafe read(0, chunk.baseAddress, chunk.count)
            return count > 0 ? unsafe chunk[..<count].count { $0 == UInt8(ascii: "\n") } : nil
        }
    }
}
