@unsafe @preconcurrency import Dispatch
import GRDB
@testable import Storage
import Synchronization
import Testing

private struct Refusal: Error {}

@Suite("A group commit")
struct GroupCommitTests {
    @Test("keeps every write that it answered and nothing of those that it refused, though the process is killed")
    func concurrent() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let answered = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<600 {
                group.addTask {
                    try? await database.write { database in
                        try database.sqlite.execute(sql: "INSERT INTO counter VALUES (?, 1)", arguments: ["n\(number)"])
                        if number.isMultiple(of: 3) { throw Refusal() }
                        return number
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { numbers, number in
                if let number { numbers.insert(number) }
            }
        }
        #expect(answered == Set((0..<600).filter { !$0.isMultiple(of: 3) }))
        let survivor = try RegistryDatabase(path: scratch.copyAsACrashLeavesIt(), cipher: ScratchRegistry.cipher())
        let kept = try survivor.read { try String.fetchSet($0.sqlite, sql: "SELECT name FROM counter") }
        #expect(kept == Set(answered.map { "n\($0)" }))
    }

    @Test("answers with what a write's last run did, where a refusal had the whole group run again")
    func lastRun() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let (started, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let runs = Mutex(0)
        // Holds the writer until everything else shares the next commit.
        let first = database.submit { _ in
            started.signal()
            gate.wait()
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                started.wait()
                continuation.resume()
            }
        }
        let writes = (0..<20).map { number in
            database.submit { database in
                runs.withLock { $0 += 1 }
                try database.sqlite.execute(
                    sql: "INSERT INTO audit (at, uid, action, subject) VALUES (0, 0, 'note', ?)",
                    arguments: ["\(number)"])
                if number == 10 { throw Refusal() }
                return try database.sqlite.lastInsertedRowID
            }
        }
        gate.signal()
        try await first.value()
        for (number, write) in writes.enumerated() {
            guard number != 10 else {
                await #expect(throws: Refusal.self) { try await write.value() }
                continue
            }
            let row = try await write.value()
            let subject = try database.read {
                try String.fetchOne($0.sqlite, sql: "SELECT subject FROM audit WHERE number = ?", arguments: [row])
            }
            #expect(subject == "\(number)")
        }
        #expect(try database.read { try Int.fetchOne($0.sqlite, sql: "SELECT count(*) FROM audit") } == 19)
        #expect(runs.withLock { $0 } == 11 + 20)
    }

    @Test("lets one write alone go before thousands of lines, which keep their order")
    func fairness() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let gate = DispatchSemaphore(value: 0)
        func note(_ name: String, isLine: Bool) -> SubmittedWrite<Void> {
            database.submit(isLine: isLine) {
                try $0.sqlite.execute(
                    sql: "INSERT INTO audit (at, uid, action, subject) VALUES (0, 0, 'note', ?)", arguments: [name])
            }
        }
        // Holds the writer until everything else has its place.
        let first = database.submit(isLine: true) { _ in gate.wait() }
        let lineCount = 3 * GroupCommit.jobCountMax
        let lines = (0..<lineCount).map { note("line \($0)", isLine: true) }
        let sole = note("alone", isLine: false)
        gate.signal()
        for write in [first, sole] + lines { try await write.value() }
        let order = try database.read {
            try String.fetchAll($0.sqlite, sql: "SELECT subject FROM audit ORDER BY number")
        }
        #expect(order.filter { $0 != "alone" } == (0..<lineCount).map { "line \($0)" })
        #expect(try #require(order.firstIndex(of: "alone")) < GroupCommit.jobCountMax)
    }

    @Test("says that the disk is full, keeps nothing of that request, and goes on when there is room")
    func fullDisk() async throws {
        let scratch = try ScratchRegistry()
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let pages = try #require(
            try await database.write { try Int.fetchOne($0.sqlite, sql: "PRAGMA page_count") })
        try await database.write { try $0.sqlite.execute(sql: "PRAGMA max_page_count = \(pages)") }
        let refusal = await #expect(throws: StorageError.self) {
            try await database.write { database in
                try database.sqlite.execute(sql: "INSERT INTO counter VALUES ('first', 1)")
                try database.sqlite.execute(
                    sql: "INSERT INTO counter VALUES (?, 1)", arguments: [String(repeating: "x", count: 1 << 20)])
            }
        }
        #expect(refusal?.code == .diskFull)
        try await database.write { try $0.sqlite.execute(sql: "PRAGMA max_page_count = 100000") }
        try await database.write { try $0.sqlite.execute(sql: "INSERT INTO counter VALUES ('second', 1)") }
        #expect(try database.read { try String.fetchAll($0.sqlite, sql: "SELECT name FROM counter") } == ["second"])
    }
}
