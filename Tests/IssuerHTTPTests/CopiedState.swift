import IssuerTestSupport
import IssuerInterface
import Encoding
import Foundation
import Issuing
import Signing
import TestSupport
import Testing
import Gate
import GateTestSupport

/// An installation whose folder is copied and put back, with its beat left where it is.
struct CopiedState {
    /// Where the registry is kept.
    enum Store: CaseIterable {
        case file, database

        static var available: [Store] { PostgreSQLServer.shared == nil ? [.file] : allCases }
    }

    let installation: Installation
    /// The registry's schema and its server; nil for a file.
    let database: (server: PostgreSQLServer, schema: String)?

    init(_ store: Store = .file) throws {
        guard store == .database else {
            (installation, database) = (try Installation.patient(), nil)
            return
        }
        let server = try #require(PostgreSQLServer.shared)
        let schema = try server.makeSchema()
        installation = try Installation.patient(storage: server.url(schema: schema))
        database = (server, schema)
    }

    var path: String { installation.state.path }
    var beatPath: String { path + ".beat" }

    /// What the beat says.
    func beat() throws -> JSONValue {
        try JSONValue.parse(ProjectFiles.bytes(beatPath), byteCountMax: 1 << 20)
    }

    /// The commits that the registry of a folder has.
    func commitCount(in folder: String? = nil) throws -> Int64 {
        let outcome = try HTTPDaemon.run([
            "sqlite3", "\(folder ?? path)/registry.sqlite", "SELECT commitCount FROM installation",
        ])
        return try #require(Int64(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(outcome.output)")
    }

    func copy(as name: String) throws {
        let outcome = try HTTPDaemon.run(["cp", "-a", path, installation.folder(name)])
        try #require(outcome.status == 0, "\(outcome.output)")
        try database.map { try $0.server.dump($0.schema, to: installation.folder(name + ".sql")) }
    }

    /// Puts a copy in the place of the folder; the copy itself stays.
    func putBack(_ name: String) throws {
        let outcome = try HTTPDaemon.run([
            "sh", "-c", "rm -rf \"$0\" && cp -a \"$1\" \"$0\"", path, installation.folder(name),
        ])
        try #require(outcome.status == 0, "\(outcome.output)")
        try database.map { try $0.server.restore($0.schema, from: installation.folder(name + ".sql")) }
    }

    /// Starts a daemon that is to end by itself; it is killed where it serves.
    func daemonRefusal(_ words: [String] = []) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(["timeout", "-s", "KILL", "60", "\(HTTPDaemon.binaries)/suishend", "--state", path] + words)
    }

    /// Runs `suishen` on the folder, in its own process where no daemon serves it.
    func suishen(_ words: [String]) throws -> HTTPDaemon.Outcome {
        try HTTPDaemon.run(["\(HTTPDaemon.binaries)/suishen"] + words + ["--state", path])
    }

    /// The answer of a `suishen` command that must succeed.
    @discardableResult
    func answer(_ words: [String]) throws -> JSONValue {
        let outcome = try suishen(words + ["--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.output)")
        let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("{") })
        return try JSONValue.parse(line.utf8, byteCountMax: 1 << 20)
    }

    /// Whether the daemon, the check of its configuration and an export all refuse the folder, with one code and a hint
    /// that tells of the recovery.
    func isRefused(_ code: String) throws -> Bool {
        let out = installation.folder("refused-\(code)")
        let outcomes = [
            try daemonRefusal(), try daemonRefusal(["--check-config"]),
            try suishen(["bundle", "export", "--out", out]),
        ]
        // A malfunction, a check that did its work and found a mistake, and a malfunction again.
        let holds = zip(outcomes, [70, 1, 70] as [Int32]).allSatisfy { outcome, status in
            outcome.status == status && outcome.output.contains("[\(code)]")
                && outcome.output.contains("suishen recover --published")
        }
        if !holds { print(code, outcomes.map(\.output)) }
        return holds && !ProjectFiles.exists(out)
    }

    /// Exports a bundle and puts the newest checkpoints beside it, as gates and auditors have them.
    func publish(to name: String, at time: UInt64? = nil) throws -> String {
        let folder = installation.folder(name)
        try answer(["bundle", "export", "--out", folder] + (time.map { ["--at", "\($0)"] } ?? []))
        let checkpoint = try answer(["log", "checkpoint"])["checkpoint"]?.string
        try installation.folder.write(Array(try #require(checkpoint).utf8), to: "\(name)/checkpoint")
        let words = ["log", "checkpoint", "--log", "acts"]
        let outcome = try suishen(words)
        // After a recovery the log of acts may wait for entries that were not published yet.
        if outcome.output.contains("[checkpoint_missing]") { return folder }
        let acts = try answer(words)["checkpoint"]?.string
        unsafe mkdir(folder + "/acts", 0o755)
        try installation.folder.write(Array(try #require(acts).utf8), to: "\(name)/acts/checkpoint")
        return folder
    }

    /// Whether an exported folder has an index of a list revoked.
    static func isRevoked(_ index: Index, in folder: String) throws -> Bool {
        let shard = index.number >> 26
        let names = shard == 0 ? [index.list] : ["\(index.list)-\(shard)", index.list]
        guard let name = names.first(where: { ProjectFiles.exists("\(folder)/status/\($0).cwt") }) else { return false }
        let token = try StatusListToken(ProjectFiles.bytes("\(folder)/status/\(name).cwt")[...]) { _ in true }
        let bit = Int(name == index.list ? index.number : index.number & 0x3FF_FFFF)
        return bit < token.list.count && token.list[bit]
    }

    /// The version of an exported bundle.
    func version(of folder: String) throws -> UInt64 {
        let files = try [BundleExport.rootName, RootChain.name, BundleExport.bundleName].map { name in
            BundleExport.File(path: name, bytes: try ProjectFiles.bytes("\(folder)/\(name)"), mode: 0o644)
        }
        return try GateBundle(exported: files).version
    }

    /// A code's place in its status list.
    struct Index: Hashable {
        let list: String
        let number: Int64
    }

    /// The place that an answer to an issue gives.
    static func index(of answer: JSONValue) throws -> Index {
        let number = try #require(answer["statusIndex"]?.integer, "\(answer.encoded())")
        guard answer["form"] == "person" else {
            return Index(list: "SH-\(try #require(answer["form"]?.string))-lasting", number: number)
        }
        let end = try #require(answer["expiresAt"]?.integer)
        return Index(list: "SH-person-\((end - 86_400) / 86_400)", number: number)
    }
}

/// Issues and revokes at a daemon, and keeps what was answered.
final class Issuance {
    private(set) var indices: Set<CopiedState.Index> = []
    private(set) var twice: [CopiedState.Index] = []
    private(set) var revoked: Set<CopiedState.Index> = []
    private var live: [(cti: String, index: CopiedState.Index)] = []
    private let object: String
    private let person: String
    private var number = 0

    init(_ client: IssuerClient) throws {
        object = try client.registerBridge()
        person = try #require(try client.ask(.registerPerson, ["residentId": "11010519491231002X"])["subject"]?.string)
    }

    /// One request: an object's code, a person's code, or the revocation of one of these.
    func next(_ client: IssuerClient) throws {
        number += 1
        if number % 4 == 0, let code = live.popLast() {
            let answer = try client.ask(.revoke, ["target": .string(code.cti)])
            // A code of before a recovery is unknown to the registry, and not revoked.
            if answer["revoked"] == 1 { revoked.insert(code.index) }
        } else {
            try issue(client, ofPerson: number % 2 == 0)
        }
    }

    func issue(_ client: IssuerClient, ofPerson: Bool) throws {
        let anchor = String(repeating: "0", count: 26) + String(100_000 + number % 100_000)
        let body: JSONValue =
            ofPerson
            ? ["subject": .string(person), "kind": "chain", "anchor": .string(String(anchor.suffix(32)))]
            : ["subject": .string(object)]
        let answer = try client.ask(.issue, body)
        note(try CopiedState.index(of: answer))
        if let cti = answer["cti"]?.string { live.append((cti, try CopiedState.index(of: answer))) }
    }

    func note(_ index: CopiedState.Index) {
        if !indices.insert(index).inserted { twice.append(index) }
    }

    /// Forgets which codes are still to be revoked: a registry that was copied back does not know them.
    func forgetLive() { live = [] }
}
