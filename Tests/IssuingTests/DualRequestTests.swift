import Encoding
import IssuerTestSupport
import Issuing
import Testing

@Suite("A request that needs a second operator")
struct DualRequestTests {
    private static let now: UInt64 = 1_800_000_000
    private static let export: JSONValue = ["domains": ["medical"]]

    private let service: IssuingService
    private let installation: Installation

    init() throws {
        installation = try Installation()
        try installation.write(
            Settings(
                text: "roles:\n  1001: [operator]\ndualControl: [exportDomainKeys, publishRoot, compromiseKey]"))
        service = try installation.open()
    }

    private func caller(_ uid: UInt32, _ now: UInt64, key: String? = nil) -> IssuingService.Caller {
        .init(uid: uid, grants: .everything, nowMilliseconds: now * 1000, idempotencyKey: key)
    }

    private func ask(
        _ operation: IssuerOperation, _ body: JSONValue, as uid: UInt32, at now: UInt64 = Self.now
    ) async throws(OperationError) -> JSONValue {
        try await service.perform(operation, body, by: caller(uid, now))
    }

    private func code(
        _ operation: IssuerOperation, _ body: JSONValue, as uid: UInt32, at now: UInt64 = Self.now
    ) async -> String? {
        do throws(OperationError) {
            _ = try await ask(operation, body, as: uid, at: now)
            return nil
        } catch {
            return error.code
        }
    }

    /// The members by which a request is confirmed.
    private func confirmation(_ asked: JSONValue) -> JSONValue {
        ["request": asked["request"] ?? .null, "digest": asked["digest"] ?? .null]
    }

    @Test(
        "is void after ten minutes and after a clock that was set back, and stays so when the clock is right again",
        arguments: [600, 601, 100_000, -1])
    func void(after seconds: Int) async throws {
        let asked = try await ask(.exportBundle, Self.export, as: 1000)
        #expect(asked["state"] == "waiting" && asked["expiresAt"]?.integer == Int64(Self.now) + 600)
        let time = UInt64(Int(Self.now) + seconds)
        for time in [time, Self.now] {
            #expect(await code(.confirmRequest, confirmation(asked), as: 1001, at: time) == "confirmation_ended")
            #expect(
                await code(.confirmedAnswer, ["request": asked["request"] ?? .null], as: 1000, at: time)
                    == "confirmation_ended")
            let list = try await ask(.listConfirmations, [:], as: 1001, at: time)["requests"]?.array
            #expect(list?.map { $0["state"] } == ["void"])
        }
        #expect(try await ask(.exportBundle, Self.export, as: 1000)["request"] != asked["request"])
    }

    @Test("can be confirmed in the last second")
    func lastSecond() async throws {
        let asked = try await ask(.exportBundle, Self.export, as: 1000)
        #expect(await code(.confirmRequest, confirmation(asked), as: 1001, at: Self.now + 599) == nil)
    }

    @Test("runs once for two confirmations at once, and its answer is for its asker, for ten minutes")
    func once() async throws {
        let asked = try await ask(.exportBundle, Self.export, as: 1000)
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for uid in 1001...1008 {
                group.addTask { await code(.confirmRequest, confirmation(asked), as: UInt32(uid)) }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1 && outcomes.count { $0 == "confirmation_given" } == 7)
        let trail = try await ask(.readAudit, [:], as: 1000)["lines"]?.array ?? []
        #expect(trail.count { $0["action"] == "bundle.export" } == 1)
        let name: JSONValue = ["request": asked["request"] ?? .null]
        for uid in [1001, 1002] as [UInt32] {
            #expect(await code(.confirmedAnswer, name, as: uid) == "confirmation_unknown")
        }
        let answer = try await ask(.confirmedAnswer, name, as: 1000)
        #expect(answer["files"]?.array?.contains { $0["path"] == "epoch-keys.cbor" } == true)
        #expect(try await ask(.confirmedAnswer, name, as: 1000) == answer)
        #expect(await code(.confirmedAnswer, name, as: 1000, at: Self.now + 600) == "confirmation_ended")
        #expect(await code(.confirmedAnswer, name, as: 1000) == "confirmation_ended", "the keys are gone from memory")
    }

    @Test("is confirmed by its digest alone, never by the user who asked, and stands for exactly what was asked")
    func fixed() async throws {
        let asked = try await ask(.exportBundle, Self.export, as: 1000)
        let other = try await ask(.exportBundle, ["domains": ["transit"]], as: 1000)
        #expect(asked["digest"] != other["digest"] && asked["request"] != other["request"])
        #expect(try await ask(.exportBundle, Self.export, as: 1000)["request"] == asked["request"], "asked again")
        #expect(try await ask(.exportBundle, Self.export, as: 1001)["request"] != asked["request"], "another asker")
        #expect(await code(.confirmRequest, confirmation(asked), as: 1000) == "confirmation_own")
        let crossed: JSONValue = ["request": asked["request"] ?? .null, "digest": other["digest"] ?? .null]
        #expect(await code(.confirmRequest, crossed, as: 1001) == "confirmation_differs")
        #expect(asked["particulars"] == ["domains": ["medical"]])
        #expect(await code(.confirmRequest, confirmation(asked), as: 1001) == nil)
        let trail = try await ask(.readAudit, [:], as: 1000)["lines"]?.array ?? []
        let exports = trail.filter { $0["action"] == "bundle.export" }
        #expect(exports.count == 1 && exports[0]["detail"]?["domains"] == ["medical"] && exports[0]["uid"] == 1000)
        let given = trail.filter { $0["action"] == "confirmation.give" }
        #expect(given.count == 1 && given[0]["uid"] == 1001 && given[0]["detail"]?["askedBy"] == 1000)
        #expect(given[0]["detail"]?["digest"] == asked["digest"])
        #expect(trail.count { $0["action"] == "confirmation.ask" } == 3)
    }

    @Test("is kept for the acts of the settings alone")
    func acts() async throws {
        #expect(try await ask(.exportBundle, [:], as: 1000)["files"] != nil, "a bundle without domains")
        let keys = try await ask(.listKeys, [:], as: 1000)["keys"]?.array ?? []
        let kid = try #require(keys.first?["kid"])
        #expect(try await ask(.compromiseKey, ["kid": kid], as: 1000)["state"] == "waiting")
        #expect(
            await code(.compromiseKey, ["kid": "00"], as: 1000) == "key_unknown", "no confirmation is asked for that")
        #expect(try await ask(.rotateKey, ["role": "status"], as: 1000)["status"] == "active")
        let after = try await ask(.listKeys, [:], as: 1000)["keys"]?.array ?? []
        #expect(after.allSatisfy { $0["status"] != "compromised" })
    }

    @Test("takes no idempotency key, and is refused to who works on the files")
    func refused() async throws {
        for caller in [
            caller(1000, Self.now, key: "a"),
            .init(uid: 0, grants: .everything, nowMilliseconds: Self.now * 1000, holdsFiles: true),
        ] {
            let refusal = await #expect(throws: OperationError.self) {
                try await service.perform(.exportBundle, Self.export, by: caller)
            }
            #expect(
                refusal?.code
                    == (caller.idempotencyKey == nil ? "confirmation_daemon_only" : "idempotency_key_misplaced"))
        }
        #expect(try await ask(.listConfirmations, [:], as: 1000)["requests"] == [])
    }

    @Test("fails for its own reason when it is carried out, and is over then")
    func failing() async throws {
        let keys = try await ask(.listKeys, [:], as: 1000)["keys"]?.array ?? []
        let kid = try #require(keys.first?["kid"])
        let asked = try await ask(.exportBundle, ["domains": ["medical"], "lifetime": 1], as: 1000)
        #expect(await code(.confirmRequest, confirmation(asked), as: 1001) == "lifetime_too_long")
        #expect(await code(.confirmRequest, confirmation(asked), as: 1001) == "confirmation_given")
        #expect(
            await code(.confirmedAnswer, ["request": asked["request"] ?? .null], as: 1000) == "lifetime_too_long")
        let strike = try await ask(.compromiseKey, ["kid": kid], as: 1000)
        #expect(await code(.confirmRequest, confirmation(strike), as: 1001) == nil)
        let after = try await ask(.listKeys, [:], as: 1000)["keys"]?.array ?? []
        #expect(after.first { $0["kid"] == kid }?["status"] == "compromised")
    }

    @Test("has few others of its asker beside it, keeps nobody else from asking, and makes room when it is over")
    func bounded() async throws {
        for number in 0..<4 {
            let order: JSONValue = ["domains": ["medical"], "lifetime": .integer(Int64(3600 + number))]
            _ = try await ask(.exportBundle, order, as: 1000)
        }
        #expect(await code(.exportBundle, Self.export, as: 1000) == "confirmations_too_many")
        #expect(await code(.exportBundle, Self.export, as: 1001) == nil)
        #expect(await code(.exportBundle, Self.export, as: 1000, at: Self.now + 600) == nil)
        let list = try await ask(.listConfirmations, [:], as: 1000, at: Self.now + 600)["requests"]?.array ?? []
        #expect(list.map { $0["askedBy"] } == [1001, 1000])
    }
}
