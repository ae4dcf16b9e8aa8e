import Encoding
import IssuerTestSupport
import Issuing
import Storage
import Testing

private let uscc = "91350100M000100Y43"

@Suite("Two users of one installation")
struct TwoUsersTests {
    private static let object: JSONValue = ["kind": "object", "manager": .string(uscc), "category": "elevator"]
    private let installation: Installation
    private let service: IssuingService
    private let subject: JSONValue

    init() async throws {
        installation = try Installation()
        service = try installation.open()
        subject = try #require(try await service.ask(.registerObject, Self.object)["subject"])
    }

    private func ask(
        _ operation: IssuerOperation, _ body: JSONValue, as uid: UInt32, _ grants: Grants = .everything,
        key: String? = nil
    ) async throws(OperationError) -> JSONValue {
        try await service.perform(
            operation, body,
            by: .init(uid: uid, grants: grants, nowMilliseconds: 1_800_000_000_000, idempotencyKey: key))
    }

    @Test("may take one idempotency key for a request each, and each has its own answer and line in the trail")
    func keys() async throws {
        let event: JSONValue = ["object": subject, "step": "inspecting"]
        for (operation, body) in [(IssuerOperation.registerObject, Self.object), (.appendEvent, event)] {
            let first = try await ask(operation, body, as: 1001, key: "one")
            let other = try await ask(operation, body, as: 1002, key: "one")
            #expect(first != other)
            #expect(try await ask(operation, body, as: 1001, key: "one") == first)
            #expect(try await ask(operation, body, as: 1002, key: "one") == other)
            let lines = try #require(try await ask(.readAudit, [:], as: 1)["lines"]?.array)
            #expect(
                lines.filter { $0["action"] == .string(operation.name) }.suffix(2).map { $0["uid"]?.integer } == [
                    1001, 1002,
                ])
        }
    }

    @Test("give an idempotency key once: beside an event or in it")
    func keyTwice() async throws {
        let event: JSONValue = ["object": subject, "step": "inspecting", "idempotencyKey": "inside"]
        for key in ["inside", "beside"] {
            let refusal = await #expect(throws: OperationError.self) {
                try await ask(.appendEvent, event, as: 1001, key: key)
            }
            #expect(refusal?.code == "idempotency_key_invalid")
        }
        #expect(try await ask(.appendEvent, event, as: 1001)["index"] == 0)
    }

    @Test("erase in the service's name as operators, and in an actor's only where that is theirs")
    func erasures() async throws {
        for _ in 0..<3 {
            _ = try await ask(
                .appendEvent, ["object": subject, "step": "inspecting", "personal": ["inspector": "张三"]], as: 1001)
        }
        func erase(_ index: Int64, _ actor: JSONValue, _ grants: Grants) async throws(OperationError) -> JSONValue {
            let body: JSONValue = ["object": subject, "index": .integer(index), "reason": "asked for", "actor": actor]
            return try await ask(.eraseEvent, body, as: 1001, grants)
        }
        let op = Grants(roles: [.operator])
        let other = Grants(roles: [.operator, .inspector], actors: .only(["91310000MA1FL4AB1X"]))
        for grants in [op, other] {
            let refusal = await #expect(throws: OperationError.self) { try await erase(0, .string(uscc), grants) }
            #expect(refusal?.code == "not_permitted")
        }
        #expect(try await erase(0, .null, op)["sequence"] == 3)
        let own = Grants(roles: [.operator, .inspector], actors: .only([uscc]))
        #expect(try await erase(1, .string(uscc), own)["sequence"] == 4)
    }

    @Test("append no event at a time that EPCIS could not write")
    func times() async throws {
        let last: Int64 = 253_402_214_399_999
        for time in [Int64.min, Int64.max, last + 1, -62_167_132_800_001] {
            for body: JSONValue in [
                ["object": subject, "step": "inspecting", "eventTimeMilliseconds": .integer(time)],
                [
                    "object": subject, "step": "inspecting",
                    "sensors": [
                        ["timeMilliseconds": .integer(time), "reports": [["type": "Temperature", "value": "1"]]]
                    ],
                ],
            ] {
                let refusal = await #expect(throws: OperationError.self) { try await ask(.appendEvent, body, as: 1) }
                #expect(refusal?.code == "value_out_of_range")
            }
        }
        for time in [last, -62_167_132_800_000] {
            let body: JSONValue = ["object": subject, "step": "inspecting", "eventTimeMilliseconds": .integer(time)]
            _ = try await ask(.appendEvent, body, as: 1)
        }
        #expect(try service.log.store.count() == 2)
    }
}
