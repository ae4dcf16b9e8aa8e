import Credential
import Signing
import Testing

@Suite("The seals")
struct SealsTests {
    private static let cti: [UInt8] = Array(1...8)

    private static func key(_ suite: Suite, day: UInt64 = 20_000) throws -> EpochKey {
        try EpochKey(masterKey: [UInt8](repeating: 7, count: 32), day: day, suite: suite)
    }

    @Test("are filled at random where nothing is linked, and open for nobody", arguments: Suite.allCases)
    func unlinked(suite: Suite) throws {
        let seals = Seals(suite: suite, cti: Self.cti)
        let first = try seals.sealed([:], random: SystemRandom())
        let second = try seals.sealed([:], random: SystemRandom())
        #expect(first.count == Seals.byteCount && first != second)
        for domain in SealDomain.allCases {
            #expect(try seals.opened(first, domain: domain, epochKey: Self.key(suite)) == nil)
        }
    }

    @Test("of two credentials share nothing, though the holder is the same", arguments: Suite.allCases)
    func unlinkable(suite: Suite) throws {
        let identifier = Array("MEDICAL-0001".utf8)
        let key = try Self.key(suite)
        let given: [SealDomain: (identifier: [UInt8], epochKey: EpochKey)] = [.medical: (identifier, key)]
        let here = Seals(suite: suite, cti: Self.cti)
        let there = Seals(suite: suite, cti: Array(2...9))
        let first = try here.sealed(given, random: SystemRandom())
        #expect(try here.opened(first, domain: .medical, epochKey: key) == identifier)
        #expect(try here.opened(first, domain: .transit, epochKey: key) == nil)
        #expect(try there.opened(first, domain: .medical, epochKey: key) == nil)
        #expect(try here.opened(first, domain: .medical, epochKey: Self.key(suite, day: 20_001)) == nil)
        #expect(try there.sealed(given, random: SystemRandom()).prefix(16) != first.prefix(16))
    }

    @Test("take identifiers of 12 bytes and are 32 bytes")
    func lengths() throws {
        let seals = Seals(suite: .ed25519, cti: Self.cti)
        let key = try Self.key(.ed25519)
        for count in [0, 11, 13] {
            #expect(throws: CredentialError.self) {
                try seals.sealed(
                    [.transit: (identifier: [UInt8](repeating: 1, count: count), epochKey: key)],
                    random: SystemRandom())
            }
        }
        #expect(throws: CredentialError.self) {
            try seals.opened(Array(1...31), domain: .medical, epochKey: key)
        }
        #expect(EpochKey(bytes: Array(1...31)) == nil && EpochKey(bytes: Array(1...32)) != nil)
    }
}
