import Storage
import Synchronization
import Testing

@testable import Issuing

@Suite("The turns of readers", .timeLimit(.minutes(5)))
struct ReadingTurnsTests {
    /// Reads that end when the gate is opened.
    private final class Gate: Sendable {
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let isOpen = Mutex(false)

        func wait() async {
            await withCheckedContinuation { continuation in
                if isOpen.withLock({ $0 }) {
                    continuation.resume()
                } else {
                    waiting.withLock { $0.append(continuation) }
                }
            }
        }

        var count: Int { waiting.withLock(\.count) }

        func open() {
            isOpen.withLock { $0 = true }
            for continuation in waiting.withLock({ $0 }) { continuation.resume() }
        }
    }

    @Test("come to another user though one user's reads never end")
    func otherUser() async throws {
        let turns = ReadingTurns()
        let gate = Gate()
        let hungry = (0..<200).map { _ in Task { try await turns.run(of: .user(1)) { await gate.wait() } } }
        // Two of them run, and the others wait.
        while gate.count < 2 { await Task.yield() }
        for number in 0..<20 { #expect(try await turns.run(of: .user(2)) { number } == number) }
        #expect(gate.count == 2)
        gate.open()
        for task in hungry { try await task.value }
        #expect(try await turns.run(of: .user(1)) { true })
    }

    @Test("are left by a read that fails too, and each read gets one")
    func failures() async throws {
        struct Failure: Error {}
        let turns = ReadingTurns()
        let tasks = (0..<300).map { number in
            Task { () async throws -> Int in
                try await turns.run(of: .user(UInt32(number % 3))) {
                    if number.isMultiple(of: 7) { throw Failure() }
                    return number
                }
            }
        }
        var numbers: [Int] = []
        for task in tasks { if let number = try? await task.value { numbers.append(number) } }
        #expect(numbers == (0..<300).filter { !$0.isMultiple(of: 7) })
        #expect(try await turns.run(of: .user(9)) { true })
    }
}
