import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("A register of the newest checkpoint")
struct CheckpointRegisterTests {
    private struct Refusal: Error {}

    /// The checkpoints that many tasks announced, in their order.
    private final class Announcements: Sendable {
        let numbers = Mutex<[UInt8]>([])
    }

    @Test("replaces the checkpoint that is expected, and announces it first", arguments: PublicationBackend.available)
    func won(backend: PublicationBackend) throws {
        let register = try backend.open().register
        #expect(try register.head() == nil)
        var before: [UInt8]?
        for number in UInt8(1)...3 {
            var announced: [UInt8]?
            let outcome = try register.replace(expecting: before, with: [number]) { announced = before ?? [] }
            #expect(outcome == .replaced && announced == before ?? [])
            #expect(try register.head() == [number])
            before = [number]
        }
    }

    @Test("leaves an interloper's checkpoint, and announces nothing", arguments: PublicationBackend.available)
    func lost(backend: PublicationBackend) throws {
        let register = try backend.open().register
        let none = try register.replace(expecting: [1], with: [2]) { Issue.record("announced") }
        #expect(none == .refused(present: nil))
        #expect(try register.replace(expecting: nil, with: [1]) {} == .replaced)
        #expect(try register.replace(expecting: [1], with: [9]) {} == .replaced)
        for expected in [nil, [1], [9, 9]] as [[UInt8]?] {
            let outcome = try register.replace(expecting: expected, with: [2]) { Issue.record("announced") }
            #expect(outcome == .refused(present: [9]))
            #expect(try register.head() == [9])
        }
    }

    @Test("keeps its checkpoint when the announcement fails", arguments: PublicationBackend.available)
    func unannounced(backend: PublicationBackend) throws {
        let register = try backend.open().register
        for expected in [nil, [1]] as [[UInt8]?] {
            #expect(throws: Refusal.self) { try register.replace(expecting: expected, with: [2]) { throw Refusal() } }
            #expect(try register.head() == expected)
            _ = try register.replace(expecting: expected, with: [1]) {}
        }
    }

    @Test("takes no checkpoint that cannot be read for one that never was", arguments: PublicationBackend.available)
    func unreadable(backend: PublicationBackend) throws {
        let opened = try backend.open()
        _ = try opened.register.replace(expecting: nil, with: [1]) {}
        try opened.makeUnreadable(PublishedCheckpoint.name)
        #expect(throws: LogError.self) { try opened.register.head() }
        for expected in [nil, [1]] as [[UInt8]?] {
            let error = #expect(throws: LogError.self) {
                try opened.register.replace(expecting: expected, with: [2]) { Issue.record("announced") }
            }
            #expect(error?.code == .logUnreadable)
        }
    }

    @Test("lets one of many writers at once go on from each checkpoint", arguments: PublicationBackend.available)
    func atOnce(backend: PublicationBackend) async throws {
        let register = try backend.open().register
        let (writerCount, roundCount) = (4, 25)
        let announced = Announcements()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<writerCount {
                group.addTask {
                    var left = roundCount
                    while left > 0 {
                        let present = try register.head()
                        let next = (present?.first ?? 0) + 1
                        do {
                            let outcome = try register.replace(expecting: present, with: [next]) {
                                announced.numbers.withLock { $0.append(next) }
                            }
                            if outcome == .replaced { left -= 1 }
                        } catch let error as LogError where error.code == .logUnwritable {
                            // Another writer is at work.
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // A checkpoint that two writers went on from would be announced twice, and the count would be lower.
        #expect(announced.numbers.withLock { $0 } == Array(1...UInt8(writerCount * roundCount)))
        #expect(try register.head() == [UInt8(writerCount * roundCount)])
    }

    @Test("in a folder holds off another process while a checkpoint is announced")
    func locked() throws {
        let scratch = try ScratchFolder()
        let directory = LogDirectory(path: scratch("log"))
        let other = LogDirectory(path: scratch("log"))
        let outcome = try directory.replace(expecting: nil, with: [1]) {
            let error = #expect(throws: LogError.self) {
                try other.replace(expecting: nil, with: [2]) { Issue.record("announced") }
            }
            #expect(error?.code == .logUnwritable && error?.hint.isEmpty == false)
        }
        #expect(outcome == .replaced)
        #expect(try other.replace(expecting: [1], with: [2]) {} == .replaced)
    }

    @Test("in a folder is not held off by a program that locks what it may open there")
    func readerLocks() throws {
        let scratch = try ScratchFolder()
        let directory = LogDirectory(path: scratch("log"))
        #expect(try directory.replace(expecting: nil, with: [1]) {} == .replaced)
        var descriptors: [Int32] = []
        for name in ["", "/checkpoint"] {
            let descriptor = unsafe open(scratch("log") + name, O_RDONLY | O_CLOEXEC)
            try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            descriptors.append(descriptor)
        }
        #expect(try directory.replace(expecting: [1], with: [2]) {} == .replaced)
        descriptors.forEach { close($0) }
        // Only files that other users cannot open are left, such as the one that is locked.
        var status = stat()
        #expect(unsafe stat(scratch("log/.lock"), &status) == 0 && status.st_mode & 0o7777 == 0o600)
    }
}
