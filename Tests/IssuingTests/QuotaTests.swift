import Encoding
import IssuerTestSupport
import Issuing
import Platform
import Testing
import TraceLog

@Suite("An issuer's quota")
struct QuotaTests {
    private static let uscc = "91350100M000100Y43"
    /// 00:00 UTC of a day after the keys' beginning.
    private static let day: UInt64 = (1_800_000_000 / 86_400 + 2) * 86_400

    private let installation: Installation

    init() throws {
        installation = try Installation()
        try installation.write(Settings(text: "quotas:\n  1001: [person=10, object=3]"))
    }

    private func ask(
        _ service: IssuingService, _ operation: IssuerOperation, _ body: JSONValue, as uid: UInt32 = 1001,
        at now: UInt64 = day + 600, key: String? = nil
    ) async throws(OperationError) -> JSONValue {
        try await service.perform(
            operation, body,
            by: .init(uid: uid, grants: .everything, nowMilliseconds: now * 1000, idempotencyKey: key))
    }

    private func person(_ service: IssuingService) async throws -> JSONValue {
        try #require(try await ask(service, .registerPerson, ["residentId": "11010519491231002X"])["subject"])
    }

    private func object(_ service: IssuingService) async throws -> JSONValue {
        let order: JSONValue = ["kind": "object", "manager": .string(Self.uscc), "category": "park"]
        return try #require(try await ask(service, .registerObject, order)["subject"])
    }

    private func refusal(
        _ service: IssuingService, _ body: JSONValue, as uid: UInt32 = 1001, at now: UInt64 = day + 600
    ) async -> OperationError? {
        do throws(OperationError) {
            _ = try await ask(service, .issue, body, as: uid, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("counts every code of a strip, by form and by user, and says when it begins anew")
    func counts() async throws {
        let service = try installation.open()
        let person = try await person(service)
        let object = try await object(service)
        #expect(await refusal(service, ["subject": person, "count": 8]) == nil)
        let refused = await refusal(service, ["subject": person, "count": 3])
        #expect(refused?.code == "quota_exceeded" && refused?.errorClass == .tooMany)
        #expect(refused?.reason.contains("10 person codes") == true && refused?.reason.contains("issued 8") == true)
        let beginning = TraceEvent.utc(clampingSeconds: Int64(Self.day + 86_400))
        #expect(beginning.hasSuffix("T00:00:00.000Z"))
        #expect(refused?.hint.contains(" from \(beginning) on") == true && refused?.retrySeconds == 85_800)
        // What was refused is not counted, and another form or another user has a count of its own.
        #expect(await refusal(service, ["subject": person, "count": 2]) == nil)
        #expect(await refusal(service, ["subject": person])?.code == "quota_exceeded")
        for _ in 0..<3 { #expect(await refusal(service, ["subject": object]) == nil) }
        #expect(await refusal(service, ["subject": object])?.code == "quota_exceeded")
        #expect(await refusal(service, ["subject": person, "count": 31], as: 1002) == nil)
        #expect(await refusal(service, ["subject": person, "count": 10], at: Self.day + 86_400) == nil)
        #expect(await refusal(service, ["subject": person], at: Self.day + 86_400)?.code == "quota_exceeded")
    }

    @Test("is kept on disk: a restart gives nothing back, and neither does a clock that goes back a day")
    func lasts() async throws {
        let person: JSONValue
        do {
            let service = try installation.open()
            person = try await self.person(service)
            #expect(await refusal(service, ["subject": person, "count": 10]) == nil)
        }
        let service = try installation.open()
        #expect(await refusal(service, ["subject": person])?.code == "quota_exceeded")
        let earlier = await refusal(service, ["subject": person], at: Self.day - 600)
        #expect(earlier?.code == "quota_exceeded")
        #expect(earlier?.retrySeconds == 86_400 + 600)
    }

    @Test("is not overrun by requests at once, alone or as lines of batches")
    func atOnce() async throws {
        let service = try installation.open()
        let person = try await person(service)
        let line = Array((["subject": person, "count": 2] as JSONValue).encoded().utf8)
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let caller = IssuingService.Caller(
                        uid: 1001, grants: .everything, nowMilliseconds: (Self.day + 600) * 1000)
                    do throws(OperationError) {
                        if number.isMultiple(of: 2) {
                            _ = try await service.perform(.issue, ["subject": person], by: caller)
                        } else {
                            _ = try await service.begin(.issue, line: line, byteCountMax: 999, by: caller).answer()
                        }
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 == nil || $0 == "quota_exceeded" })
        let codes = try await ask(service, .codeHistory, ["subject": person])["codes"]?.array ?? []
        #expect(codes.count == 10)
    }

    @Test("counts a repeated request once, and no request that fails for another reason")
    func repeats() async throws {
        let service = try installation.open()
        let person = try await person(service)
        let body: JSONValue = ["subject": person, "count": 6]
        let first = try await ask(service, .issue, body, key: "a")
        for _ in 0..<3 { #expect(try await ask(service, .issue, body, key: "a") == first) }
        #expect(await refusal(service, ["subject": person, "count": 4, "lifetime": 1_000_000]) != nil)
        #expect(await refusal(service, ["subject": "00112233445566778899aabbccddeeff", "count": 4]) != nil)
        #expect(await refusal(service, ["subject": person, "count": 4]) == nil)
        #expect(await refusal(service, ["subject": person])?.code == "quota_exceeded")
    }
}
