import Encoding
import Foundation
import IssuerTestSupport
import Issuing
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@Suite("Events of an installation")
struct EventOperationsTests {
    private static let lift: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]

    private static func object(_ service: IssuingService) async throws -> String {
        try #require(try await service.ask(.registerObject, lift)["subject"]?.string)
    }

    private static func isRefused(
        _ code: String, _ service: IssuingService, _ operation: IssuerOperation, _ body: JSONValue, key: String? = nil
    ) async -> OperationError? {
        do {
            _ = try await service.ask(operation, body, key: key)
        } catch {
            return error.code == code ? error : nil
        }
        return nil
    }

    @Test("are answered once they are on disk, and give the first answer to the same key")
    func idempotency() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object = try await Self.object(service)
        let event: JSONValue = [
            "object": .string(object), "step": "inspecting", "personal": ["inspector": "张三"],
            "idempotencyKey": "once",
        ]
        let first = try await service.ask(.appendEvent, event)
        #expect(first["index"] == 0 && first["sequence"] == 0)
        #expect(try await service.ask(.appendEvent, event, at: 1_800_000_100) == first)
        var other = try #require(event.object)
        other["personal"] = ["inspector": "李四"]
        #expect(await Self.isRefused("idempotency_mismatch", service, .appendEvent, .object(other)) != nil)
        other["personal"] = event["personal"]
        other["step"] = "repairing"
        #expect(await Self.isRefused("idempotency_mismatch", service, .appendEvent, .object(other)) != nil)
        other["idempotencyKey"] = nil
        #expect(try await service.ask(.appendEvent, .object(other), key: "twice")["index"] == 1)
        #expect(try await service.ask(.appendEvent, .object(other), key: "twice")["index"] == 1)
        #expect(try service.log.store.count() == 2)
        let lines = try await service.ask(.readAudit, [:])["lines"]?.array ?? []
        #expect(lines.count { $0["action"] == "event.append" } == 2)
    }

    @Test("are refused with the vocabulary, for nobody's object, and for another's correction")
    func refusals() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object = JSONValue.string(try await Self.object(service))
        let other = JSONValue.string(try await Self.object(service))
        _ = try await service.ask(.appendEvent, ["object": object, "step": "installing"])
        let term = await Self.isRefused(
            "unknown_term", service, .appendEvent, ["object": object, "step": "juggling"])
        #expect(term?.hint.contains("inspecting, installing") == true)
        let refused: [(String, JSONValue)] = [
            ("unknown_term", ["object": object, "step": "inspecting", "disposition": "fine"]),
            ("subject_unknown", ["object": "0011223344556677", "step": "inspecting"]),
            ("object_invalid", ["object": "00", "step": "inspecting"]),
            ("uscc_invalid", ["object": object, "step": "inspecting", "actor": "91350100M000100Y44"]),
            ("wrong_object", ["object": other, "step": "inspecting", "corrects": 0]),
            ("entry_missing", ["object": object, "step": "inspecting", "corrects": 7]),
            ("conflict", ["object": object, "step": "inspecting", "expected": ["sequence": 0]]),
            ("location_invalid", ["object": object, "step": "inspecting", "latitude": 91, "longitude": 0]),
            ("value_out_of_range", ["object": object, "step": "inspecting", "location": ""]),
            ("request_malformed", ["object": object, "step": "inspecting", "fields": ["a": 1]]),
            ("request_malformed", ["object": object, "step": "inspecting", "sensors": [["reports": [["kind": "x"]]]]]),
        ]
        for (code, body) in refused {
            #expect(await Self.isRefused(code, service, .appendEvent, body) != nil, "\(code) \(body.encoded())")
        }
        #expect(try service.log.store.count() == 1)
    }

    @Test("show as an object's history what was asked for, in pages, and no personal value")
    func history() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object = JSONValue.string(try await Self.object(service))
        let event: JSONValue = [
            "object": object, "step": "sensor_reporting", "disposition": "in_progress", "action": "observe",
            "location": "井道", "businessLocation": "一号楼", "latitude": 31.230416, "longitude": 121.473701,
            "reference": "gcj02", "actor": "91350100M000100Y43", "fields": ["b": "2", "a": "1"],
            "personal": ["inspector": "张三"], "transactions": [["type": "po", "id": "order-1"]],
            "sensors": [["device": "d", "reports": [["type": "Temperature", "value": "21.5", "unit": "CEL"]]]],
            "eventTimeMilliseconds": 1_799_999_999_123, "offsetMinutes": 0,
        ]
        _ = try await service.ask(.appendEvent, event)
        _ = try await service.ask(.appendEvent, ["object": object, "step": "repairing", "corrects": 0])
        let page = try await service.ask(.objectHistory, ["object": object, "limit": 1])
        #expect(page["next"] == 1 && page["events"]?.array?.count == 1)
        let shown = try #require(page["events"]?.array?.first)
        for member in event.object?.members ?? [] where !["object", "personal", "fields"].contains(member.key) {
            #expect(shown[member.key] == member.value, "\(member.key)")
        }
        #expect(shown["fields"] == ["a": "1", "b": "2"] && shown["commitments"]?.array?.count == 1)
        #expect(!page.encoded().contains("张三"))
        let rest = try await service.ask(.objectHistory, ["object": object, "from": 1])
        #expect(rest["next"] == .null && rest["events"]?.array?.first?["corrects"] == 0)
        let openings = try await service.ask(.exportOpenings, [:])
        #expect(openings["openings"]?.array?.first?["value"] == "张三" && openings["next"] == .null)
    }

    @Test("are erased from the write-ahead log too by a second try, once nobody reads old pages")
    func purgedLater() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object = JSONValue.string(try await Self.object(service))
        _ = try await service.ask(
            .appendEvent, ["object": object, "step": "receiving", "personal": ["name": "某某居民"]])
        let sealed = try #require(try service.database.read(Self.sealedOpenings).first).suffix(24)
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], isolation_level=None)
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM audit").fetchall()
            print("reading", flush=True)
            sys.stdin.read()
            """
        let reader = try PipedProgram(
            "python3", [installation.state.registry], script: "exec python3 -c '\(script)' \"$@\"")
        #expect(try reader.readLine() == Array("reading".utf8))
        let erasure: JSONValue = ["object": object, "index": 0, "reason": "asked"]
        for _ in 0..<2 {
            #expect(await Self.isRefused("erase_incomplete", service, .eraseEvent, erasure) != nil)
            #expect(Self.contains(try installation.registryBytes(), Array(sealed)))
        }
        #expect(reader.finish() == 0)
        #expect(await Self.isRefused("nothing_to_erase", service, .eraseEvent, erasure) != nil)
        #expect(!Self.contains(try installation.registryBytes(), Array(sealed)))
    }

    @Test("keep their personal fields in no file once these are erased, sealed or not")
    func erasure() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object = JSONValue.string(try await Self.object(service))
        let name = String(repeating: "某某居民", count: 300)
        for number in 0..<40 {
            let personal: JSONValue = [
                "name": .string("\(name)\(number)"), "phone": .string("1380013\(8000 + number)"),
            ]
            _ = try await service.ask(
                .appendEvent,
                [
                    "object": object, "step": "receiving", "personal": personal,
                    "idempotencyKey": .string("key \(number)"),
                ])
        }
        let sealed = try service.database.read(Self.sealedOpenings)
        try #require(sealed.count == 80)
        for number in 0..<40 where number != 20 {
            let answer = try await service.ask(
                .eraseEvent, ["object": object, "index": .integer(Int64(number)), "reason": "asked"])
            #expect(answer["sequence"] == .integer(Int64(number < 20 ? 40 + number : 39 + number)))
        }
        #expect(
            await Self.isRefused(
                "nothing_to_erase", service, .eraseEvent, ["object": object, "index": 3, "reason": "again"]) != nil)
        let files = try installation.registryBytes()
        let left = try service.database.read(Self.sealedOpenings)
        #expect(left.count == 2)
        for bytes in sealed {
            #expect(Self.contains(files, Array(bytes.suffix(24))) == left.contains(bytes))
        }
        for plain in ["某某居民", "13800138005"] { #expect(!Self.contains(files, Array(plain.utf8))) }
        // A repeated request finds its first answer still, though what it said is gone.
        let again = try await service.ask(
            .appendEvent,
            [
                "object": object, "step": "receiving",
                "personal": ["name": .string("\(name)3"), "phone": "13800138003"], "idempotencyKey": "key 3",
            ])
        #expect(again["index"] == 3)
    }

    @Test("are recorded to the millisecond, which is also their own time where none is given")
    func milliseconds() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let object: JSONValue = .string(try await Self.object(service))
        for (now, recorded) in [
            (UInt64(1_800_000_000_123), Int64(1_800_000_000_123)), (1_800_000_000_122, 1_800_000_000_123),
        ] {
            let caller = IssuingService.Caller(uid: 1000, grants: .everything, nowMilliseconds: now)
            _ = try await service.perform(.appendEvent, ["object": object, "step": "inspecting"], by: caller)
            let history = try await service.ask(.objectHistory, ["object": object])
            let newest = try #require(history["events"]?.array?.last)
            #expect(newest["recordedAtMilliseconds"] == .integer(recorded))
            #expect(newest["eventTimeMilliseconds"] == .integer(Int64(now)))
        }
    }

    @Test("of a key's status enter the log when the key changes")
    func keys() async throws {
        let installation = try Installation()
        let service = try installation.open()
        let old = try service.verificationKey(.issuer)
        let caller = IssuingService.Caller(uid: 1000, grants: .everything, nowMilliseconds: 1_800_000_000_000)
        _ = try await service.rotateKey(.issuer, by: caller)
        _ = try await service.compromiseKey(Hex.encode(old.keyIdentifier), by: caller)
        let changes = try service.log.store.history(.log).map { stored -> KeyStatusChange? in
            if case .keyStatus(let change) = try Entry.decode(stored.bytes[...]).event { change } else { nil }
        }
        #expect(changes.map { $0?.status } == [.retired, .active, .revoked])
        let new = try service.verificationKey(.issuer)
        #expect(changes.map { $0?.publicKey } == [old.spki, new.spki, old.spki])
        #expect(changes.allSatisfy { $0?.actor == "SH" })
    }

    @Test("are refused, and nothing is published, once the log is not what was published")
    func inconsistent() async throws {
        let installation = try Installation()
        let backup = try installation.registryFiles()
        let beat = try installation.beat
        do {
            let service = try installation.open()
            let object = try await Self.object(service)
            _ = try await service.ask(.appendEvent, ["object": .string(object), "step": "installing"])
            try await service.log.publish()
        }
        // A registry older than what it published, and a beat that does not tell.
        try installation.restore(backup)
        try installation.restoreBeat(beat)
        let service = try installation.open()
        let checkpoint = try service.log.register.head()
        let object = try await Self.object(service)
        let refusal = await Self.isRefused(
            "log_inconsistent", service, .appendEvent, ["object": .string(object), "step": "installing"])
        #expect(refusal?.reason.contains("1 entries are published") == true)
        await #expect(throws: OperationError.self) { try await service.log.publish() }
        #expect(try service.log.register.head() == checkpoint)
        #expect(try await service.ask(.health, [:])["log"] == "log_inconsistent")
    }

    private static func sealedOpenings(_ snapshot: any LogSnapshot) throws -> [[UInt8]] {
        try snapshot.openings(0..<1000, count: 1000).map(\.sealed)
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        Data(bytes).firstRange(of: Data(part)) != nil
    }
}
