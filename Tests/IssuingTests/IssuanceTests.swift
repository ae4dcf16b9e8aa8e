import Credential
import Encoding
import Foundation
import Gate
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@testable import Issuing

@Suite("The issued codes")
struct IssuanceTests {
    private static let start = ActsInstallation.start
    /// The first second of the day after the start's.
    private static let nextDay = (start / 86_400 + 1) * 86_400
    private let run: ActsInstallation

    init() throws {
        run = try ActsInstallation()
    }

    /// The statements of the log, in their order.
    private func statements(_ run: ActsInstallation? = nil) throws -> [IssuedStatement] {
        try (run ?? self.run).acts().compactMap(IssuedStatement.init)
    }

    @Test("of each form are proved once their day is published, and a code that the key signed elsewhere is not")
    func forms() async throws {
        let (person, object) = (try await run.person(), try await run.object())
        let enterprise: JSONValue = ["uscc": "91350100M000100Y43", "name": "示例"]
        _ = try await run.service.ask(.registerEnterprise, enterprise)
        let device = try SigningKey.generate(.ed25519)
        let pem = String(decoding: device.verificationKey.pem(), as: UTF8.self)
        var texts = [
            try await run.issue(person, ["kind": "paper"]), try await run.issue(object),
            try await run.issue("91350100M000100Y43"), try await run.issue(person, ["kind": "timed"]),
        ]
        let strip: JSONValue = [
            "subject": .string(person), "kind": "signed", "deviceKey": .string(pem), "count": 31,
        ]
        let codes = try #require(try await run.service.ask(.issue, strip)["codes"]?.array)
        texts += codes.compactMap { $0["text"]?.string }
        #expect(texts.count == 35)
        let rogue = try run.rogue()
        // Nothing is published of a quiet day that is not over.
        try await run.keep(at: Self.start + 200)
        for text in [texts[0], rogue] {
            #expect(try run.check(text, at: Self.start + 300).code == "issuance_undecided")
        }
        try await run.keep(at: Self.nextDay + 180)
        let later = Self.nextDay + 300
        for (number, text) in texts.enumerated() {
            let result = try run.check(text, at: max(later, Self.start + 40 * 86_400))
            #expect(result.code == "ok", "code \(number)")
        }
        #expect(try run.check(rogue, at: later) == .missing)
        // A code that a phone shows is the same code.
        let shown = try PresentationMaker(text: texts[4]).signed(by: device, time: Self.start + 5).text()
        #expect(try run.check(shown, at: later).code == "ok")
        // Other bytes that the signature covers are another code.
        let report = try await run.auditIssued()
        #expect(report.codeCount == 35 && report.report.code == "unanchored")
        #expect(try await run.audit().code == "unanchored")
    }

    @Test("are proved within minutes where there are many, from files that a thousand codes share")
    func neighbours() async throws {
        let object = try await run.object()
        var texts = try await run.issueMany(700, of: object)
        texts += try await run.issueMany(700, of: object, at: Self.start + 60)
        try await run.keep(at: Self.start + 50)
        #expect(try statements().isEmpty)
        try await run.keep(at: Self.start + 61)
        try await run.keep(at: Self.start + 125)
        try await run.keep(at: Self.start + 300)
        let found = try statements()
        #expect(found.map(\.span) == [1, 1, 2] && found.map(\.count) == [700, 700, 1400])
        for text in texts { #expect(try run.check(text, at: Self.start + 400).code == "ok") }
        #expect(try run.check(run.rogue(), at: Self.start + 400) == .missing)
        #expect(try run.check(run.rogue(at: Self.start + 290), at: Self.start + 400).code == "issuance_undecided")
        // Each code reads the same files in the same order, found or not.
        let server = try RecordedLog(of: run.folder)
        defer { server.stop() }
        let check = try IssuanceCheck(log: server.url, key: run.key.vkey)
        var paths: Set<[String]> = []
        for text in texts.prefix(1100) + [try run.rogue()] {
            _ = try check.result(of: text, at: Self.start + 400)
            paths.insert(server.takePaths())
        }
        #expect(paths.count == 1)
        let read = try #require(paths.first)
        #expect(read.count { $0.hasPrefix("/issued/") } == 2 && read.count < 9)
        #expect(read.allSatisfy { $0 == "/checkpoint" || $0.hasPrefix("/tile/") || $0.hasPrefix("/issued/") })
    }

    @Test("are in one set of their day in the end, and no minute is stated twice, however the clock went")
    func clockSteps() async throws {
        let object = try await run.object()
        var texts: [String] = []
        var random = SeededGenerator(seed: 7)
        var time = Self.start
        for _ in 0..<60 {
            let step = Int64.random(in: -400...900, using: &random)
            time = UInt64(Int64(time) + step)
            texts += try await run.issueMany(Int.random(in: 0...3, using: &random), of: object, at: time)
            if Bool.random(using: &random) { try await run.keep(at: time) }
        }
        let end = (time / 86_400 + 1) * 86_400
        for later in [200, 400, 600] as [UInt64] { try await run.keep(at: end + later) }
        let minutes = try statements().filter { $0.span == 1 }
        #expect(minutes.map(\.minute) == Array(Set(minutes.map(\.minute))).sorted())
        #expect(minutes.map(\.count).reduce(0, +) == UInt64(texts.count))
        let days = try statements().filter { $0.span == 1440 }
        #expect(days.map(\.count).reduce(0, +) == UInt64(texts.count))
        for text in texts { #expect(try run.check(text, at: end + 700).code == "ok") }
        #expect(try await run.auditIssued().report.code == "unanchored")
        // The digests are gone from the registry, and the sets within the day with their files.
        #expect(try run.service.database.read { try $0.newestIssuance() } == nil)
        #expect(try run.service.database.read { try $0.issuedMinutes() } == [])
        let names = try FileManager.default.contentsOfDirectory(atPath: run.folder + "/issued")
        #expect(names.count == days.count + 1)
        // A code of a closed day, issued by a clock that was set back, waits for the next day's minutes.
        let late = try await run.issue(object, at: end - 60)
        try await run.keep(at: end + 800)
        try await run.keep(at: end + 86_400 + 300)
        #expect(try run.check(late, at: end + 90_000).code == "ok")
    }

    @Test("lose nothing and state nothing twice when each step is cut off by a crash", arguments: 0..<5)
    func crashes(step: Int) async throws {
        let object = try await run.object()
        let texts = try await run.issueMany(1003, of: object)
        let database = run.service.database
        let minute = Self.start / 60
        switch step {
        case 0: break
        case 1:
            // The minute has its codes, and no entry yet; files without an entry lie in the folder.
            try await database.write {
                try $0.insertIssuedMinute(IssuedMinute(minute: minute, numbers: 1...1000, entryIndex: nil))
                try $0.raiseCounter(IssuanceLedger.minuteCounter, to: minute)
            }
            try FileManager.default.createDirectory(
                atPath: run.folder + "/issued/\(minute)-1", withIntermediateDirectories: true)
            try run.installation.folder.write([1, 2, 3], to: "state/acts/issued/\(minute)-1/0001")
        case 2:
            // The entry is appended, and neither published nor listed.
            try await run.service.keepActs(atMilliseconds: (Self.start + 61) * 1000, chainsTrail: false)
            try? FileManager.default.removeItem(atPath: run.folder + "/issued/index")
        case 3:
            // The day has its set, and its digests are still there.
            try await run.keep(at: Self.nextDay + 300)
            try await database.write {
                try $0.insertIssuance(digest: [UInt8](repeating: 0, count: 32), minute: minute)
                try $0.insertIssuedMinute(IssuedMinute(minute: minute, numbers: 1...1, entryIndex: 3))
            }
        default:
            // A folder of a set that was replaced stays behind.
            try await run.keep(at: Self.start + 61)
            try await run.keep(at: Self.nextDay + 300)
            try FileManager.default.createDirectory(
                atPath: run.folder + "/issued/\(minute)-1", withIntermediateDirectories: true)
        }
        for later in [200, 300, 400] as [UInt64] { try await run.keep(at: Self.nextDay + later) }
        let minutes = try statements().filter { $0.span == 1 }
        #expect(Set(minutes.map(\.minute)).count == minutes.count)
        #expect(minutes.map(\.count).reduce(0, +) == UInt64(texts.count))
        #expect(try statements().filter { $0.span == 1440 }.map(\.count) == [UInt64(texts.count)])
        for text in texts.suffix(5) { #expect(try run.check(text, at: Self.nextDay + 500).code == "ok") }
        #expect(try await run.auditIssued().report.code == "unanchored")
        let names = try FileManager.default.contentsOfDirectory(atPath: run.folder + "/issued")
        #expect(Set(names) == ["index", "\(minute / 1440 * 1440)-1440"])
        #expect(try run.service.database.read { try $0.newestIssuance() } == nil)
    }

    @Test("have their lost files made again while the digests are kept, and are told of when both are lost")
    func lostFiles() async throws {
        let texts = try await run.issueMany(1003, of: try await run.object())
        try await run.keep(at: Self.start + 61)
        try await run.service.remakeIssuedFiles()
        let set = run.folder + "/issued/\(Self.start / 60)-1"
        let names = try FileManager.default.contentsOfDirectory(atPath: set).sorted()
        let before = try names.map { try ProjectFiles.bytes("\(set)/\($0)") }
        for lost in [[names[0]], names, ["../\(Self.start / 60)-1"]] {
            for name in lost { try FileManager.default.removeItem(atPath: "\(set)/\(name)") }
            try await run.service.remakeIssuedFiles()
            #expect(try names.map { try ProjectFiles.bytes("\(set)/\($0)") } == before)
        }
        for text in texts.prefix(3) { #expect(try run.check(text, at: Self.start + 200).code == "ok") }
        for later in [200, 300] as [UInt64] { try await run.keep(at: Self.nextDay + later) }
        let day = run.folder + "/issued/\(Self.start / 86_400 * 1440)-1440"
        try FileManager.default.removeItem(atPath: "\(day)/\(try #require(names.first))")
        let refusal = await #expect(throws: OperationError.self) { try await run.service.remakeIssuedFiles() }
        #expect(refusal?.code == "issued_files_lost")
    }

    @Test("that a restored registry lacks come into their day's set from its files, and the day waits for these")
    func restored() async throws {
        let object = try await run.object()
        var texts = try await run.issueMany(1003, of: object)
        try await run.keep(at: Self.start + 61)
        // What a backup of before these codes does not have; the recovery took the set from the log.
        try await run.service.database.write {
            _ = try $0.deleteIssuances(through: 1003, countMax: 2000)
            try $0.deleteIssuedMinutes(before: Self.start / 60 + 1)
        }
        texts += try await run.issueMany(5, of: object, at: Self.start + 300)
        try await run.keep(at: Self.start + 361)
        let file = run.folder + "/issued/\(Self.start / 60)-1/0000"
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        for later in [200, 300] as [UInt64] { try await run.keep(at: Self.nextDay + later) }
        #expect(try statements().map(\.span) == [1, 1], "the day waits")
        #expect(try run.check(texts[1007], at: Self.nextDay + 400).code == "issuance_unreadable")
        try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
        for later in [500, 600] as [UInt64] { try await run.keep(at: Self.nextDay + later) }
        #expect(try statements().map(\.count) == [1003, 5, 1008])
        for text in texts { #expect(try run.check(text, at: Self.nextDay + 700).code == "ok") }
        #expect(try await run.auditIssued().report.code == "unanchored")
    }

    @Test("of a minute that a backup had closed and not stated are not stated again")
    func closedInBackup() async throws {
        let texts = try await run.issueMany(3, of: try await run.object())
        try await run.service.database.write { [acts = run.service.acts] database in
            let leaves = try database.issuances(1...3, count: 3).map { code in
                IssuedLeaf(digest: try #require(MerkleHash(code.digest)), offset: 0)
            }
            let act = try IssuedTree(leaves).statement(minute: Self.start / 60, span: 1).act
            try acts.entry(act.term, act.values, atMilliseconds: Self.start * 1000, in: database)
            try database.insertIssuedMinute(
                IssuedMinute(minute: Self.start / 60, numbers: 1...3, entryIndex: nil))
        }
        for later in [200, 300] as [UInt64] { try await run.keep(at: Self.nextDay + later) }
        #expect(try statements().map(\.span) == [1, 1440])
        for text in texts { #expect(try run.check(text, at: Self.nextDay + 400).code == "ok") }
    }

    @Test("are found changed: a code dropped or added, a minute in another's place, a log cut off")
    func tampering() async throws {
        let object = try await run.object()
        let text = try await run.issue(object)
        _ = try await run.issueMany(20, of: object, at: Self.start + 60)
        for time in [Self.start + 61, Self.start + 121, Self.nextDay + 300] { try await run.keep(at: time) }
        let later = Self.nextDay + 400
        #expect(try run.check(text, at: later).code == "ok")
        let (set, honest) = (try #require(try statements().last), try ProjectFiles.bytes(run.folder + "/issued/index"))
        let path = "state/acts/" + set.path(of: 0)
        let file = try IssuedFile(bytes: ProjectFiles.bytes(run.installation.folder(path)))
        func expectFound(_ leaves: [IssuedLeaf], _ name: String) async throws {
            var bytes: [UInt8] = []
            IssuedTree(leaves).visitFiles { bytes = $1 }
            try run.installation.folder.write(bytes, to: path)
            #expect(try run.check(text, at: later).code == "issuance_unreadable", "\(name)")
            #expect(try await run.auditIssued().report.verdict == .tampered, "\(name)")
        }
        try await expectFound(Array(file.leaves.dropFirst()), "dropped")
        let strange = try #require(MerkleHash(DigestAlgorithm.sha256.digest([1])))
        try await expectFound(file.leaves + [IssuedLeaf(digest: strange, offset: 1)], "added")
        try await expectFound(file.leaves.map { IssuedLeaf(digest: $0.digest, offset: 1) }, "minutes swapped")
        try run.installation.folder.write(file.bytes, to: path)
        #expect(try run.check(text, at: later).code == "ok")
        // A list that leads to another entry, or leaves the set out.
        let line = "\(set.minute) 1440 21 0 "
        let list = String(decoding: honest, as: UTF8.self)
        let entry = try #require(list.split(separator: "\n").last?.split(separator: " ").last.flatMap { UInt64($0) })
        for other in [entry - 1, 0] {
            let changed = list.replacing("\(line)\(entry)", with: "\(line)\(other)")
            try run.installation.folder.write(Array(changed.utf8), to: "state/acts/issued/index")
            #expect(try run.check(text, at: later).code == "issuance_unreadable")
            #expect(try await run.auditIssued().report.code == "issued_mismatch")
        }
        let beyond = list.replacing("\(line)\(entry)", with: "\(line)\(entry + 1000)")
        try run.installation.folder.write(Array(beyond.utf8), to: "state/acts/issued/index")
        #expect(try run.check(text, at: later).code == "issuance_undecided")
        try run.installation.folder.write(honest, to: "state/acts/issued/index")
        // Another log's key.
        let other = try Installation()
        let key = try ActsInstallation(other).key.vkey
        #expect(try IssuanceCheck(log: run.folder, key: key).result(of: text, at: later).code == "issuance_unreadable")
    }
}
