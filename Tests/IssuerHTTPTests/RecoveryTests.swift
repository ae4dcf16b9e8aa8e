import IssuerTestSupport
import IssuerInterface
import Encoding
import Glibc
import Issuing
import TestSupport
import Testing

@Suite("A recovery", .serialized)
struct RecoveryTests {
    @Test(
        "gives no index twice, takes no published revocation back, and publishes a higher version",
        arguments: CopiedState.Store.available)
    func recovers(_ store: CopiedState.Store) throws {
        let state = try CopiedState(store)
        let daemon = try HTTPDaemon(state.installation)
        var client = try IssuerClient(path: daemon.socket)
        let issuance = try Issuance(client)
        for _ in 0..<60 { try issuance.next(client) }
        try state.copy(as: "backup")
        for _ in 0..<200 { try issuance.next(client) }
        let published = try state.publish(to: "published")
        let revoked = issuance.revoked
        for _ in 0..<20 { try issuance.next(client) }
        #expect(daemon.end(SIGTERM) == 0)
        issuance.forgetLive()
        for round in 0..<2 {
            try state.putBack("backup")
            #expect(try state.isRefused("registry_behind"))
            let report = try state.answer(["recover", "--published", published])
            #expect(report["revocationsRestored"]?.integer ?? 0 > 0)
            #expect(report["beat"] == "advanced" && report["logEntriesMissing"] == 0)
            let shard = Int64(1) << 26
            #expect(report["generalFloor"]?.integer == shard * Int64(round + 1))
            try daemon.start()
            client = try IssuerClient(path: daemon.socket)
            for number in 0..<60 { try issuance.issue(client, ofPerson: number % 2 == 0) }
            #expect(issuance.twice.isEmpty, "\(issuance.twice.count) given twice")
            // The first recovery's registry is lost too, without anything of it published.
            if round == 0 { #expect(daemon.end(SIGTERM) == 0) }
            issuance.forgetLive()
        }
        let next = try state.publish(to: "next")
        #expect(!revoked.isEmpty)
        for index in revoked { #expect(try CopiedState.isRevoked(index, in: next), "\(index)") }
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try state.version(of: next) > state.version(of: published))
    }

    @Test(
        "skips the shard of lists that were never published, also where it comes again from the same backup",
        arguments: CopiedState.Store.available)
    func unpublishedDay(_ store: CopiedState.Store) throws {
        let state = try CopiedState(store)
        let day: UInt64 = 1_800_000_000
        let later = day + 20 * 86_400
        let person = try #require(
            try state.answer(["person", "register", "--resident-id", "11010519491231002X"])["subject"]?.string)
        let published = try state.publish(to: "published", at: day)
        try state.copy(as: "backup")
        var indices: Set<CopiedState.Index> = []
        func issue(_ letter: String) throws {
            let anchor = String(repeating: letter, count: 32)
            let code = try state.answer(["issue", person, "--anchor", anchor, "--at", "\(later)"])
            #expect(indices.insert(try CopiedState.index(of: code)).inserted)
        }
        try issue("a")
        for letter in ["b", "c"] {
            try state.putBack("backup")
            #expect(try state.isRefused("registry_behind"))
            let report = try state.answer(["recover", "--published", published])
            #expect(report["lists"]?.array?.contains { $0["list"] == "SH-person-20853" } == false)
            try issue(letter)
        }
        #expect(Set(indices.map { $0.number >> 26 }) == [0, 1, 2])
    }

    @Test(
        "keeps the log closed while it is shorter than what was published, and serves codes meanwhile",
        arguments: CopiedState.Store.available)
    func shortLog(_ store: CopiedState.Store) throws {
        let state = try CopiedState(store)
        let object = try #require(
            try state.answer([
                "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
            ])["subject"]?.string)
        try state.answer(["event", "append", object, "--step", "inspecting"])
        try state.copy(as: "backup")
        try state.answer(["event", "append", object, "--step", "repairing"])
        let published = try state.publish(to: "published")
        try state.putBack("backup")
        #expect(try state.answer(["recover", "--published", published])["logEntriesMissing"] == 1)
        let daemon = try HTTPDaemon(state.installation)
        let client = try IssuerClient(path: daemon.socket)
        let event: JSONValue = ["object": .string(object), "step": "inspecting"]
        let refusal = #expect(throws: OperationError.self) { try client.ask(.appendEvent, event) }
        #expect(refusal?.code == "log_behind")
        #expect(try client.ask(.health, [:])["log"] == "log_behind")
        #expect(try daemon.curl(["http://d/log/checkpoint"]).output.hasSuffix("503"))
        #expect(try client.ask(.issue, ["subject": .string(object)])["text"] != nil)
        // A key that somebody else holds is struck all the same.
        let kid = try #require(try client.ask(.rotateKey, ["role": "issuer"])["kid"]?.string)
        #expect(try client.ask(.compromiseKey, ["kid": .string(kid)])["status"] == "compromised")
        #expect(daemon.end(SIGTERM) == 0)
        #expect(try state.daemonRefusal(["--check-config"]).output.contains("[log_behind]"))
    }

    @Test("opens a log that is whole, and keeps one closed that is not what was published")
    func forkedLog() throws {
        let state = try CopiedState()
        let register = [
            "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
        ]
        let object = try #require(try state.answer(register)["subject"]?.string)
        try state.copy(as: "fork")
        try state.answer(["event", "append", object, "--step", "inspecting"])
        let published = try state.publish(to: "published")
        try state.answer(["recover", "--published", published])
        try state.answer(["event", "append", object, "--step", "repairing"])
        let beat = try ProjectFiles.bytes(state.beatPath)
        try state.putBack("fork")
        // A history of its own, as long as the published one; its beat is put aside.
        unsafe unlink(state.beatPath)
        try state.installation.folder.write(Self.beatOfNothing(beat), to: "state.beat", mode: 0o600)
        try state.answer(["event", "append", object, "--step", "installing"])
        try state.answer(["event", "append", object, "--step", "installing"])
        unsafe unlink(state.beatPath)
        #expect(try state.answer(["recover", "--published", published])["logEntriesMissing"] == 0)
        let outcome = try state.suishen(["event", "append", object, "--step", "inspecting"])
        #expect(outcome.status == 70 && outcome.output.contains("[log_forked]"), "\(outcome.output)")
    }

    @Test("publishes nothing over a tile of other bytes that no checkpoint covers", arguments: ["entries", "0"])
    func foreignTile(level: String) throws {
        let state = try CopiedState()
        let register = [
            "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
        ]
        let object = try #require(try state.answer(register)["subject"]?.string)
        let event = ["event", "append", object, "--step", "inspecting"]
        try state.answer(event)
        let published = try state.publish(to: "published")
        let foreign = [UInt8](repeating: 0xA5, count: 64)
        let name = "state/log/tile/\(level)/000.p/2"
        try state.installation.folder.write(foreign, to: name)
        try state.answer(["recover", "--published", published])
        let checkpoint = try ProjectFiles.bytes(state.path + "/log/checkpoint")
        // The first one is on disk before anything is published, and is answered; the log takes no other.
        for status in [0, 70] as [Int32] {
            let outcome = try state.suishen(event)
            #expect(outcome.status == status && outcome.output.contains("[log_inconsistent]"), "\(outcome.output)")
            #expect(try ProjectFiles.bytes(state.installation.folder(name)) == foreign)
            #expect(try ProjectFiles.bytes(state.path + "/log/checkpoint") == checkpoint)
        }
        let check = try state.daemonRefusal(["--check-config"])
        #expect(check.status == 1 && check.output.contains("[log_inconsistent]"), "\(check.output)")
        // The file goes, and the log publishes what it has.
        unsafe unlink(state.installation.folder(name))
        try state.answer(event)
        #expect(try state.daemonRefusal(["--check-config"]).status == 0)
    }

    /// A beat of the same installation that tells of nothing.
    private static func beatOfNothing(_ beat: [UInt8]) throws -> [UInt8] {
        let installation = try JSONValue.parse(beat, byteCountMax: 1 << 20)["installation"]
        let text: JSONValue = [
            "beat": 1, "installation": try #require(installation), "commits": 0, "bundleVersion": 0, "statusLists": [:],
            "statusFloor": 0, "checkpoint": nil,
        ]
        return Array(text.encoded().utf8)
    }

    @Test("takes nothing that is missing, another's or older than the beat says, and changes nothing then")
    func refusals() throws {
        let state = try CopiedState()
        let object = try #require(
            try state.answer([
                "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "bridge",
            ])["subject"]?.string)
        try state.answer(["event", "append", object, "--step", "inspecting"])
        let old = try state.publish(to: "old")
        try state.copy(as: "backup")
        try state.answer(["event", "append", object, "--step", "repairing"])
        // Lists of the same second are of one age.
        sleep(1)
        let published = try state.publish(to: "published")
        let foreign = try CopiedState()
        let other = try foreign.publish(to: "published")
        try state.putBack("backup")
        let list = "status/SH-object-lasting.cwt"
        let cases: [(code: String, script: String)] = [
            ("published_bundle_missing", "rm bundle.cbor"), ("published_list_missing", "rm \(list)"),
            ("published_checkpoint_missing", "rm checkpoint"),
            ("published_bundle_missing", "rm -r bundle.cbor status checkpoint"),
            ("published_bundle_foreign", "cp \(other)/bundle.cbor ."),
            ("published_list_foreign", "cp \(other)/\(list) status"),
            ("published_list_foreign", "cp status/SH-person-lasting.cwt \(list)"),
            ("published_list_foreign", "truncate -s 20 \(list)"),
            ("published_checkpoint_foreign", "cp \(other)/checkpoint ."),
            ("published_bundle_old", "cp \(old)/bundle.cbor ."),
            ("published_list_old", "cp \(old)/\(list) status"),
            ("published_checkpoint_old", "cp \(old)/checkpoint ."),
            ("published_unreadable", "truncate -s 20 bundle.cbor"),
            ("published_unreadable", "truncate -s 20 checkpoint"),
            ("published_unreadable", "rm bundle.cbor; mkfifo bundle.cbor"),
        ]
        let before = try state.installation.registryFiles()
        let beat = try ProjectFiles.bytes(state.beatPath)
        for (code, script) in cases {
            let trial = state.installation.folder("trial")
            _ = try HTTPDaemon.run([
                "sh", "-c", "rm -rf \"$0\"; cp -a \"$1\" \"$0\"; cd \"$0\"; \(script)", trial, published,
            ])
            let outcome = try state.suishen(["recover", "--published", trial])
            #expect(outcome.status == 1 && outcome.output.contains("[\(code)]"), "\(script): \(outcome.output)")
            #expect(outcome.output.contains("suishen: hint: "))
        }
        #expect(try state.installation.registryFiles()["registry.sqlite"] == before["registry.sqlite"])
        #expect(try ProjectFiles.bytes(state.beatPath) == beat)
        #expect(try state.isRefused("registry_behind"))
        try state.answer(["recover", "--published", published])
        let daemon = try HTTPDaemon(state.installation)
        let busy = try state.suishen(["recover", "--published", published])
        #expect(busy.status == 75 && busy.output.contains("[state_busy]"), "\(busy.output)")
        #expect(daemon.end(SIGTERM) == 0)
    }

    @Test("goes on without a beat, says so, and makes one")
    func lostBeat() throws {
        let state = try CopiedState()
        let published = try state.publish(to: "published")
        unsafe unlink(state.beatPath)
        #expect(try state.isRefused("beat_missing"))
        let outcome = try state.suishen(["recover", "--published", published, "--json"])
        #expect(outcome.status == 0 && outcome.output.contains("\"beat\":\"made\""), "\(outcome.output)")
        #expect(outcome.output.contains("the beat was lost and is made anew"))
        // Only the end of the recovery itself is committed after the beat was made.
        let commits = try #require(try state.beat()["commits"]?.integer)
        #expect(try commits + 1 == state.commitCount())
        #expect(try state.daemonRefusal(["--check-config"]).status == 0)
    }
    @Test("tells of revocations that the log of acts states and that no published list has")
    func olderLists() throws {
        let state = try CopiedState()
        var subjects: [String] = []
        for category in ["bridge", "bus", "park"] {
            let words = ["object", "register", "--kind", "object", "--manager", "91350100M000100Y43"]
            let object = try #require(try state.answer(words + ["--category", category])["subject"]?.string)
            try state.answer(["issue", object])
            subjects.append(object)
        }
        try state.answer(["revoke", subjects[0]])
        let old = try state.publish(to: "old")
        try state.copy(as: "backup")
        for subject in subjects.dropFirst() { try state.answer(["revoke", subject]) }
        // The daemon publishes the log of acts.
        let daemon = try HTTPDaemon(state.installation)
        #expect(daemon.end(SIGTERM) == 0)
        let published = try state.publish(to: "published")
        // The log of acts is whole; the lists are once old and once new.
        let prepared = try HTTPDaemon.run([
            "sh", "-c", "cp -a \"$0/acts/.\" \"$2/acts\" && cp -a \"$2\" \"$3\" && cp \"$1\"/status/* \"$3/status\"",
            state.path, old, published, state.installation.folder("mixed"),
        ])
        try #require(prepared.status == 0, "\(prepared.output)")
        for (folder, restored, missing) in [("mixed", 0, 2), ("published", 2, 0)] as [(String, Int64, Int64)] {
            try state.putBack("backup")
            unsafe unlink(state.beatPath)
            let outcome = try state.suishen(
                ["recover", "--published", state.installation.folder(folder), "--json"])
            try #require(outcome.status == 0, "\(outcome.output)")
            let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("{") })
            let report = try JSONValue.parse(line.utf8, byteCountMax: 1 << 20)
            #expect(report["revocationsRestored"]?.integer == restored, "\(folder)")
            #expect(report["revocationsMissing"]?.integer == missing, "\(folder)")
            #expect(outcome.output.contains("states \(missing) revocations more") == (missing > 0), "\(outcome.output)")
        }
    }
}
