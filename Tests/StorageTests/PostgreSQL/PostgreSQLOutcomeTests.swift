import Synchronization
import TestSupport
import Testing

@testable import PostgreSQLStorage
@testable import Storage

/// Connections that break and commits whose outcome is not known.
@Suite("A registry in PostgreSQL whose server fails", .serialized, .enabled(if: PostgreSQLServer.shared != nil))
struct PostgreSQLOutcomeTests {
    /// Waits are shorter than in service, so that the tests are.
    private static let times: PostgreSQLTimes = {
        var times = PostgreSQLTimes()
        times.commit = 600
        times.settlement = 8000
        return times
    }()

    private let server: PostgreSQLServer
    private let place: PostgreSQLAddress
    private let store: PostgreSQLStore

    init() throws {
        server = try #require(PostgreSQLServer.start())
        place = try PostgreSQLPlace.empty(server)
        try PostgreSQLStore.create(at: place, trusting: [], installation: [UInt8](repeating: 7, count: 16))
        store = try PostgreSQLStore(at: place, times: Self.times)
        store.onUnknownOutcome { _ in Issue.record("the daemon would end") }
    }

    private static func line(_ name: String) -> @Sendable (any StoreTransaction) throws -> Void {
        { try $0.insertAuditLine(uid: 0, action: "note", subject: name, detail: nil, at: 1) }
    }

    private func write(_ name: String, in store: PostgreSQLStore? = nil) async -> StorageError.Code? {
        do {
            try await (store ?? self.store).write(Self.line(name))
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    /// The code of a write that is repeated while the database cannot be used.
    private func writeAtLast(_ name: String) async throws -> StorageError.Code? {
        for _ in 0..<100 {
            let code = await write(name)
            guard code == .storageUnavailable else { return code }
            try await Task.sleep(for: .milliseconds(100))
        }
        return .storageUnavailable
    }

    private func names() throws -> [String] {
        try store.read { try $0.auditLines(after: 0, count: 1000, subject: nil) }.map(\.subject)
    }

    private func awaitStandby(_ isAwaited: Bool) throws {
        try server.run("ALTER SYSTEM SET synchronous_standby_names = '\(isAwaited ? "none" : "")'")
        try server.run("SELECT pg_reload_conf()")
    }

    /// The process at the server that waits for a standby.
    private func waitingProcess() async throws -> Int {
        for _ in 0..<200 {
            let answer = try server.run("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' LIMIT 1")
            if let process = Int(answer.split(separator: "\n").first ?? "") { return process }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw MissingFile(path: "a commit that waits")
    }

    @Test("goes on over a new connection after the old one was closed at the server")
    func closed() async throws {
        #expect(await write("a") == nil)
        try server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'suishend'")
        #expect(await write("b") == nil)
        try server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'suishend'")
        #expect(try names() == ["a", "b"])
    }

    @Test("pauses while the server is down, and keeps what it acknowledged")
    func down() async throws {
        var acknowledged: [String] = []
        for round in 0..<3 {
            if await write("\(round)") == nil { acknowledged.append("\(round)") }
            try server.kill()
            #expect(await write("lost") == .storageUnavailable)
            let error = #expect(throws: StorageError.self) { try store.read { try $0.counter("n") } }
            #expect(error?.code == .storageUnavailable)
            try server.restart()
            #expect(try await writeAtLast("again \(round)") == nil)
            acknowledged.append("again \(round)")
        }
        #expect(try names() == acknowledged)
        #expect(acknowledged.count == 6)
    }

    @Test("pauses while the server takes no writes")
    func readOnly() async throws {
        #expect(await write("a") == nil)
        try server.run("ALTER SYSTEM SET default_transaction_read_only = on")
        try server.run("SELECT pg_reload_conf()")
        try await Task.sleep(for: .milliseconds(300))
        #expect(await write("b") == .storageUnavailable)
        try server.run("ALTER SYSTEM RESET default_transaction_read_only")
        try server.run("SELECT pg_reload_conf()")
        #expect(try await writeAtLast("c") == nil)
        #expect(try names() == ["a", "c"])
    }

    @Test("answers a write whose standby is late, once and for all")
    func late() async throws {
        try awaitStandby(true)
        let write = store.submit(isLine: false, Self.line("a"))
        _ = try await waitingProcess()
        try await Task.sleep(for: .milliseconds(1500))
        try awaitStandby(false)
        try await write.value()
        #expect(try names() == ["a"])
        #expect(try store.read { try $0.position() } == store.committedPosition)
    }

    @Test("acknowledges nothing whose wait for a standby was broken off", arguments: ["terminate", "cancel"])
    func brokenOff(how: String) async throws {
        try awaitStandby(true)
        let isAnswered = Mutex(false)
        let write = Task { [store] in
            try await store.write(Self.line("a"))
            isAnswered.withLock { $0 = true }
        }
        try server.run("SELECT pg_\(how)_backend(\(try await waitingProcess()))")
        try await Task.sleep(for: .milliseconds(1500))
        // The row can be seen by now, and no standby has it.
        #expect(try server.run("SELECT count(*) FROM \(schema()).audit") == "1\n")
        #expect(isAnswered.withLock { !$0 })
        try awaitStandby(false)
        try await write.value
        #expect(try names() == ["a"])
    }

    @Test("tells the callers of a commit that stays unknown, and goes on")
    func unknown() async throws {
        var times = Self.times
        times.settlement = 1500
        let store = try PostgreSQLStore(at: place, times: times)
        store.onUnknownOutcome { _ in Issue.record("the daemon would end") }
        try awaitStandby(true)
        #expect(await write("a", in: store) == .commitUnknown)
        try awaitStandby(false)
        #expect(try await writeAtLast("b") == nil)
        #expect(try names() == ["a", "b"])
    }

    @Test("gives a kept answer only once it is certain")
    func answers() async throws {
        let answer = KeptAnswer(key: "k", requestDigest: [1], sealedAnswer: [2], time: 1)
        try await store.write { try $0.putAnswer(answer) }
        try awaitStandby(true)
        let found = #expect(throws: StorageError.self) { try store.read { try $0.keptAnswer(toKeys: ("k", "l")) } }
        #expect(found?.code == .storageUnavailable)
        #expect(try store.read { try $0.keptAnswer(toKeys: ("m", "l")) } == nil)
        try awaitStandby(false)
        #expect(try store.read { try $0.keptAnswer(toKeys: ("k", "l")) } == answer)
    }

    @Test("gives a durable read only once it is certain, and so an error about its rows")
    func durableReads() async throws {
        #expect(await write("a") == nil)
        try awaitStandby(true)
        for isFound in [true, false] {
            let found = #expect(throws: StorageError.self) {
                try store.readDurably { snapshot in
                    let lines = try snapshot.auditLines(after: 0, count: 9, subject: nil)
                    guard isFound else { throw StorageError.corruptRow("a finding") }
                    #expect(lines.count == 1)
                }
            }
            #expect(found?.code == .storageUnavailable)
        }
        #expect(try names() == ["a"])
        try awaitStandby(false)
        #expect(try store.readDurably { try $0.auditLines(after: 0, count: 9, subject: nil) }.count == 1)
        let finding = #expect(throws: StorageError.self) {
            try store.readDurably { _ in throw StorageError.corruptRow("a finding") }
        }
        #expect(finding?.code == .registryCorrupt)
    }

    @Test("confirms a durable read over the connection that read, and over no other")
    func ownConnection() async throws {
        #expect(await write("a") == nil)
        for _ in 0..<2 {
            let found = #expect(throws: StorageError.self) {
                try store.readDurably { snapshot in
                    _ = try snapshot.auditLines(after: 0, count: 9, subject: nil)
                    try server.run(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'suishend' AND state = 'idle in transaction'
                        """)
                }
            }
            #expect(found?.code == .storageUnavailable)
        }
        #expect(try store.readDurably { try $0.auditLines(after: 0, count: 9, subject: nil) }.count == 1)
    }

    @Test(
        "runs a batch again whose COMMIT never came, and keeps one whose answer was lost",
        arguments: ["before", "after"])
    func cut(when: String) async throws {
        let folder = try ScratchFolder()
        let socket = try #require(place.url.split(separator: "host=").last?.split(separator: "&").first)
        let proxy = try PythonServer(
            cuttingProxy, ["\(socket)/.s.PGSQL.5432", folder("port"), folder("armed"), when], portFile: folder("port"))
        let url = place.url.replacing("@/", with: "@127.0.0.1:\(proxy.port)/").replacing("host=\(socket)&", with: "")
        let store = try PostgreSQLStore(at: PostgreSQLAddress(url: url), times: Self.times)
        let runs = Atomic(0)
        try folder.write([], to: "armed")
        try await store.write { transaction in
            runs.add(1, ordering: .relaxed)
            try Self.line("b")(transaction)
        }
        #expect(!ProjectFiles.exists(folder("armed")))
        #expect(runs.load(ordering: .relaxed) == (when == "before" ? 2 : 1))
        #expect(await write("c", in: store) == nil)
        #expect(try names() == ["b", "c"])
        #expect(try store.read { try $0.position() } == store.committedPosition)
    }

    private func schema() throws -> String { String(try #require(place.url.split(separator: "%3D").last)) }
}

/// Passes bytes on until the file that arms it is there.
///
/// Then it cuts one connection: before a transaction's mark and
/// its COMMIT reach the server, or once the server has answered them.
private let cuttingProxy = """
    import os, select, socket, sys, threading
    target, port_file, armed, when = sys.argv[1:]
    def serve(client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(target)
        cutting = False
        while True:
            for ready in select.select([client, server], [], [])[0]:
                data = ready.recv(1 << 16)
                if ready is client and os.path.exists(armed) and b"writeBatch" in data:
                    cutting = True
                if not data or cutting and (when == "before" or ready is server):
                    if cutting: os.unlink(armed)
                    client.close()
                    server.close()
                    return
                (server if ready is client else client).sendall(data)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    with open(port_file + "~", "w") as file: file.write(f"{listener.getsockname()[1]}\\n")
    os.rename(port_file + "~", port_file)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """
