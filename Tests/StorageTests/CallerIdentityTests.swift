import Encoding
import Signing
import Storage
import Testing

@Suite("Who asks")
struct CallerIdentityTests {
    @Test("is a user by number or a caller by name, and the two never share a number")
    func numbers() throws {
        #expect(CallerIdentity("1001") == .user(1001) && CallerIdentity("4294967295")?.number == 4_294_967_295)
        for text in ["", "01", "-1", "4294967296", "desk", "Desk.example", "desk.1"] {
            #expect(CallerIdentity(text) == nil, "\(text)")
        }
        var numbers: Set<UInt64> = []
        for place in 0..<2000 {
            let number = try #require(CallerIdentity("desk\(place).example")).number
            // Above every user, and a whole number in every JSON reader.
            #expect(number >= 1 << 52 && number < 1 << 53)
            numbers.insert(number)
        }
        #expect(numbers.count == 2000)
        // Fixed for ever: rows of a registry have it. SHA-256 of the label and the name, cut to 52 bits.
        #expect(CallerIdentity("desk3.office.example")?.number == 6436480515968818)
    }

    @Test("is in the trail with its name, beside what the line says itself")
    func trail() async throws {
        let scratch = try ScratchRegistry()
        let desk = try #require(CallerIdentity("desk3.office.example"))
        let database = try RegistryDatabase(path: scratch.path, cipher: ScratchRegistry.cipher())
        let registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
        try await database.write {
            try registry.audit(by: desk, action: "a", subject: "s", detail: ["code": "x"], at: 1, in: $0)
            try registry.audit(by: desk, action: "b", subject: "s", at: 1, in: $0)
            try registry.audit(by: .user(7), action: "c", subject: "s", at: 1, in: $0)
        }
        let lines = try database.read { try registry.auditLines(after: 0, count: 10, subject: nil, in: $0) }
        #expect(lines.map(\.uid) == [desk.number, desk.number, 7])
        #expect(
            lines.map(\.detail) == [
                #"{"code":"x","caller":"desk3.office.example"}"#, #"{"caller":"desk3.office.example"}"#, nil,
            ])
    }

    @Test("has idempotency keys of its own, and no answers of versions that knew users alone")
    func keys() throws {
        let registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
        let desk = try #require(CallerIdentity("desk3.office.example"))
        let other = try #require(CallerIdentity("desk4.office.example"))
        let kept = [desk, other, .user(7), .user(8)].map { registry.kept("key", of: $0) }
        #expect(Set(kept).count == 4)
        #expect(registry.keptEarlier("key", of: .user(7)) == registry.keptEarlier("key", of: .user(8)))
        #expect(registry.keptEarlier("key", of: desk) == registry.kept("key", of: desk))
    }
}
