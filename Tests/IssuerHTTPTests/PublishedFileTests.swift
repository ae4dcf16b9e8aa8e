import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import Storage
import TestSupport
import Testing

/// A published file that is not there, or cannot be read, is never taken for a log that is new.
@Suite("A file of the published log", .serialized)
struct PublishedFileTests {
    private static let eventCount = 300

    /// What becomes of a file before a start.
    enum Damage: CaseIterable {
        case removed, cutShort, emptied, folder, pipe, otherLog, unreadable

        /// The code that a start gives for it.
        ///
        /// A whole tile of another log, and a heads list that lost bytes, contradict what the entries say.
        func code(of name: String) -> String {
            switch self {
            case .otherLog: name == "checkpoint" ? "log_unreadable" : "log_inconsistent"
            case .cutShort: name.hasPrefix("heads/") ? "log_inconsistent" : "log_unreadable"
            default: "log_unreadable"
            }
        }
    }

    /// An installation with a published log, whose files the daemon's user owns.
    private struct PublishedLog {
        let installation: Installation
        let object: String
        let names: [String]

        init() throws {
            installation = try Installation()
            var settings = try Settings(text: "roles:\n  0: [issuer, inspector:*, auditor, operator]")
            settings.logHeadsInterval = 256
            try installation.write(settings)
            let daemon = try HTTPDaemon(installation)
            let client = try IssuerClient(path: daemon.socket)
            object = try client.registerBridge()
            let line = Array("{\"object\":\"\(object)\",\"step\":\"inspecting\"}".utf8)
            _ = try client.ask(.appendEvent, lines: [[UInt8]](repeating: line, count: eventCount))
            try #require(daemon.end(SIGTERM) == 0)
            let listed = try HTTPDaemon.run([
                "sh", "-c", "cd \(installation.state.log) && find . -type f ! -name .lock",
            ])
            let found = listed.output.split(separator: "\n").map { String($0.dropFirst(2)) }.sorted()
            // Partial tiles of earlier checkpoints lie beside those of the newest.
            names = found.filter { name in
                guard let (folder, width) = Self.partial(name) else { return true }
                return !found.contains { Self.partial($0).map { $0.folder == folder && $0.width > width } ?? false }
            }
        }

        private static func partial(_ name: String) -> (folder: Substring, width: Int)? {
            guard let slash = name.lastIndex(of: "/"), name[..<slash].hasSuffix(".p"),
                let width = Int(name[name.index(after: slash)...])
            else { return nil }
            return (name[..<slash], width)
        }

        var log: String { installation.state.log }

        func damage(_ name: String, _ damage: Damage, by other: PublishedLog) throws {
            let script =
                switch damage {
                case .removed: "rm $0"
                case .cutShort: "truncate -s $(( $(stat -c %s $0) / 2 )) $0"
                case .emptied: "truncate -s 0 $0"
                case .folder: "rm $0 && mkdir $0"
                case .pipe: "rm $0 && mkfifo $0"
                case .otherLog: "cp \(other.log)/$1 $0"
                case .unreadable: "chmod 000 $0"
                }
            let outcome = try HTTPDaemon.run(["sh", "-c", script, "\(log)/\(name)", name])
            try #require(outcome.status == 0, "\(name), \(damage): \(outcome.output)")
        }

        /// What the daemon says of its log once it has looked at it.
        func health(_ client: IssuerClient) throws -> String? {
            while true {
                let code = try client.ask(.health, [:])["log"]?.string
                if code != "log_checking" { return code }
                usleep(10_000)
            }
        }

        /// Gives everything to a user who is not root, whom modes bind.
        func giveAway(to uid: Int) throws {
            let folder = installation.folder.path
            let script = "chown -R \(uid):\(uid) \(folder) && chmod 0755 \(folder)"
            try #require(try HTTPDaemon.run(["sh", "-c", script]).status == 0)
        }
    }

    /// Starts a daemon and commands on a damaged log; each must refuse the log, and leave its checkpoint as it is.
    private static func expectRefusal(
        _ code: String, of log: PublishedLog, as prefix: [String], isCheckpoint: Bool, _ note: String
    ) throws {
        // A plain read would wait for a pipe in the file's place.
        let directory = LogDirectory(path: log.log)
        let before = try? directory.read("checkpoint")
        let command = prefix + ["\(HTTPDaemon.binaries)/suishen"]
        if isCheckpoint {
            for words in [
                ["log", "checkpoint"], ["log", "key"], ["event", "append", log.object, "--step", "repairing"],
            ] {
                let outcome = try HTTPDaemon.run(command + words + ["--state", log.installation.state.path])
                #expect(outcome.status != 0 && outcome.output.contains("[\(code)]"), "\(note), \(words): \(outcome)")
                #expect(outcome.output.contains("hint: "), "\(note), \(words): \(outcome)")
            }
        }
        let daemon = try HTTPDaemon(log.installation, prefix: prefix)
        let client = try IssuerClient(path: daemon.socket)
        #expect(try log.health(client) == code, "\(note)")
        #expect(try client.ask(.issue, ["subject": .string(log.object)])["text"] != nil, "\(note)")
        let event = "{\"object\":\"\(log.object)\",\"step\":\"inspecting\"}"
        let answer = try daemon.curl(["-d", event, "http://d/v1/events"]).output
        #expect(answer.contains("\"\(code)\"") && answer.hasSuffix("\n500"), "\(note): \(answer)")
        if isCheckpoint {
            let described = try daemon.curl(["http://d/v1/log"]).output
            #expect(described.contains("\"\(code)\"") && described.hasSuffix("\n500"), "\(note): \(described)")
        }
        _ = daemon.end(SIGTERM)
        let errors = try daemon.diagnostics.split(separator: "\n").filter { $0.contains("error:") }
        #expect(errors.count == 1 && errors.first?.contains("[\(code)]") == true, "\(note): \(errors)")
        #expect((try? directory.read("checkpoint")) == before, "\(note)")
    }

    @Test(
        "keeps the log from starting where it is missing or cannot be read, and codes are served",
        .enabled(if: getuid() == 0, "modes bind another user alone, whom only root can become"))
    func damaged() throws {
        let log = try PublishedLog()
        let other = try PublishedLog()
        #expect(log.names == other.names && log.names.count >= 7, "\(log.names)")
        let beat = try log.installation.beat
        let uid = 40_001
        let prefix = ["setpriv", "--reuid", "\(uid)", "--regid", "\(uid)", "--clear-groups"]
        let state = log.installation.state.path
        for name in log.names + ["tile", "."] {
            let isFolder = !log.names.contains(name)
            for damage in isFolder ? [.unreadable] : Damage.allCases {
                _ = try HTTPDaemon.run(["cp", "-a", state, state + ".kept"])
                try log.damage(name, damage, by: other)
                try log.giveAway(to: uid)
                try Self.expectRefusal(
                    damage.code(of: name), of: log, as: prefix, isCheckpoint: name == "checkpoint" || name == ".",
                    "\(name), \(damage)")
                _ = try HTTPDaemon.run(["rm", "-rf", state, log.installation.folder("suishend.log")])
                _ = try HTTPDaemon.run(["mv", state + ".kept", state])
                try log.installation.restoreBeat(beat)
            }
        }
        try log.giveAway(to: uid)
        let daemon = try HTTPDaemon(log.installation, prefix: prefix)
        #expect(try log.health(IssuerClient(path: daemon.socket)) == "ok")
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("is not begun anew where the whole folder is gone, not even by a registry that does not say it published")
    func folderGone() throws {
        let log = try PublishedLog()
        _ = try HTTPDaemon.run(["rm", "-r", log.log])
        for sql in ["SELECT 1", "DELETE FROM counter WHERE name = 'log.published'"] {
            let changed = try HTTPDaemon.run(["sqlite3", log.installation.state.registry, sql])
            try #require(changed.status == 0, "\(changed.output)")
            try Self.expectRefusal("log_unreadable", of: log, as: [], isCheckpoint: true, sql)
            _ = try HTTPDaemon.run(["rm", log.installation.folder("suishend.log")])
        }
        // An installation that has no event yet has a checkpoint too, and its registry knows.
        let new = try Installation()
        #expect(unsafe unlink("\(new.state.log)/checkpoint") == 0)
        let command = ["\(HTTPDaemon.binaries)/suishen", "log", "checkpoint", "--state", new.state.path]
        let outcome = try HTTPDaemon.run(command)
        #expect(outcome.status != 0 && outcome.output.contains("[log_unreadable]"), "\(outcome)")
    }
}
