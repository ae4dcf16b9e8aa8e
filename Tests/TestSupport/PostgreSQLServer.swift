import Glibc
import Synchronization

/// A PostgreSQL server of its own in a scratch folder, on a UNIX socket alone; it ends when the test process ends.
///
/// As root, the server runs as the user `postgres`. Its texts are ordered by ICU, as no statement of the registry may
/// order them.
package final class PostgreSQLServer: Sendable {
    private static let versions = "/usr/lib/postgresql"

    /// The folder of the newest version's programs; nil where none is installed.
    private static let programs: String? = {
        if found == nil, geteuid() == 0 {
            _ = try? Program(path: "/bin/bash").run(["\(ProjectFiles.root)/tools/setup", "--tests"])
        }
        return found
    }()

    private static var found: String? {
        (15...30).reversed().map { "\(versions)/\($0)/bin" }.first { ProjectFiles.exists($0 + "/initdb") }
    }

    /// The server that tests share; nil, with a line that says so, where none can be started.
    package static let shared: PostgreSQLServer? = start()

    /// Starts a server for one test; nil, with a line that says so, where none can be started.
    package static func start(settings: [String] = []) -> PostgreSQLServer? {
        guard let programs else {
            print("skips PostgreSQL: run tools/setup --tests")
            return nil
        }
        do {
            return try PostgreSQLServer(programs, settings)
        } catch {
            print("skips PostgreSQL: the server does not start: \(error)")
            return nil
        }
    }

    private static let schemaCount = Atomic(0)
    private let folder: ScratchFolder
    private let programs: String
    private let supervisor: pid_t
    /// The supervisor stops the server once this is closed.
    private let tether: Int32

    private init(_ programs: String, _ settings: [String]) throws {
        self.programs = programs
        folder = try ScratchFolder()
        unsafe chmod(folder.path, 0o777)
        let lines =
            [
                "listen_addresses = ''", "unix_socket_directories = '\(folder.path)'", "max_connections = 300",
                "shared_buffers = 32MB", "wal_level = replica", "max_wal_senders = 4", "log_min_messages = warning",
            ] + settings
        try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "settings")
        var ends: [Int32] = [0, 0]
        // Other programs that tests start meanwhile must not keep the tether.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw MissingFile(path: "a socket")
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var words: [UnsafeMutablePointer<CChar>?] =
            unsafe (["sh", "-c", Self.script, programs, folder.path] as [String]).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        let status = unsafe posix_spawn(&process, "/bin/sh", &actions, nil, &words, environ)
        close(ends[0])
        (supervisor, tether) = (process, ends[1])
        guard status == 0 else { throw MissingFile(path: "/bin/sh") }
        for _ in 0..<2400 where !ProjectFiles.exists(folder("ready")) && !ProjectFiles.exists(folder("failed")) {
            usleep(25_000)
        }
        guard ProjectFiles.exists(folder("ready")) else { throw MissingFile(path: folder("log")) }
    }

    /// The shell's `$0` is the folder of programs, and `$1` the scratch folder.
    private static let script = """
        as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        cd /
        as "$0/initdb" -D "$1/data" -A trust -U suishen -E UTF8 --locale=C.UTF-8 --locale-provider=icu \\
            --icu-locale=en-US --no-instructions >"$1/made" 2>&1 && cat "$1/settings" >>"$1/data/postgresql.conf" \\
            && as "$0/pg_ctl" -D "$1/data" -l "$1/data/log" -w start >/dev/null 2>&1 && : >"$1/ready" || : >"$1/failed"
        cat >/dev/null
        as "$0/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
        rm -rf "$1"
        """

    /// The URI of the server's first database, or of one of its schemas, which is the only one on the search path.
    package func url(schema: String? = nil) -> String {
        "postgresql://suishen@/postgres?host=\(folder.path)"
            + (schema.map { "&options=-csearch_path%3D\($0)" } ?? "")
    }

    /// Makes an empty schema, and returns its name.
    package func makeSchema() throws -> String {
        let schema = "s\(Self.schemaCount.add(1, ordering: .relaxed).newValue)"
        try run("CREATE SCHEMA \(schema)")
        return schema
    }

    /// Copies a schema into a file, as a backup would.
    package func dump(_ schema: String, to file: String) throws {
        try runProgram("pg_dump", ["-n", schema, "-d", url(), "-f", file])
    }

    /// Puts a copied schema in the place of what it has become.
    package func restore(_ schema: String, from file: String) throws {
        try run("DROP SCHEMA \(schema) CASCADE")
        try runProgram("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(), "-f", file])
    }

    /// Runs statements with psql.
    ///
    /// - Returns: the columns without names, in lines.
    /// - Throws: ``MissingFile`` with psql's message when the server refuses one.
    @discardableResult
    package func run(_ sql: String) throws -> String {
        try runProgram("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(), "-c", sql])
    }

    @discardableResult
    private func runProgram(_ name: String, _ words: [String]) throws -> String {
        let outcome = try Program(path: "\(programs)/\(name)").run(words)
        guard outcome.status == 0 else { throw MissingFile(path: outcome.diagnostics) }
        return outcome.output
    }

    /// Kills the server as a power failure would.
    package func kill() throws {
        let lines = try String(decoding: ProjectFiles.bytes(folder("data/postmaster.pid")), as: UTF8.self)
        guard let process = lines.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw MissingFile(path: folder("data/postmaster.pid"))
        }
        Glibc.kill(process, SIGKILL)
        // The postmaster's children end by themselves once it is gone.
        for _ in 0..<400 where !(try control("status")) { usleep(25_000) }
    }

    /// Starts a server that was killed or stopped.
    package func restart() throws {
        for _ in 0..<200 {
            if try control("start") { return }
            usleep(50_000)
        }
        throw MissingFile(path: folder("data/log"))
    }

    package func stop() throws { _ = try control("stop") }

    private func control(_ action: String) throws -> Bool {
        let words = ["\(programs)/pg_ctl", "-D", folder("data"), "-l", folder("data/log"), "-w", "-m", "fast", action]
        let user = geteuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] : []
        let command = user + (action == "start" ? words : words.filter { $0 != "-l" && $0 != folder("data/log") })
        let outcome = try Program(path: command[0]).run(Array(command.dropFirst()), script: "cd /; exec \"$0\" \"$@\"")
        return outcome.status == 0
    }

    deinit {
        close(tether)
        waitpid(supervisor, nil, 0)
    }
}
