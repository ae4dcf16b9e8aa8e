import Signing
import Testing

@testable import Storage

@Suite("The registry's offers and holdings")
struct WalletRecordTests {
    private let registry: Registry
    private let subject = OfferRecord.Subject(subject: "a", guardian: nil, scope: 0, days: 7)

    init() throws {
        registry = Registry(cipher: try ScratchRegistry.cipher(), random: SystemRandom())
    }

    private static let secrets = Registry.OfferSecrets(
        secret: [UInt8](repeating: 5, count: 32), code: [UInt8](repeating: 6, count: 32), pin: "012345",
        loss: [UInt8](repeating: 7, count: 10))

    @Test("find an offer by its code, open its secret, and tell its PIN from others", arguments: Backend.available)
    func offer(backend: Backend) async throws {
        let opened = try backend.open()
        let offer = try await opened.store.write { [registry, subject] in
            try registry.makeOffer(subject, Self.secrets, at: 1000, in: $0)
        }
        let found = try opened.store.read { try registry.offer(code: Self.secrets.code, in: $0) }
        #expect(found == offer && offer.expiresAt == 1600)
        #expect(try registry.secret(of: offer) == Self.secrets.secret)
        #expect(try opened.store.read { try registry.offer(code: Self.secrets.secret, in: $0) } == nil)
        #expect(registry.isPIN("012345", of: offer))
        for pin in ["", "12345", "0123456", "012346"] { #expect(!registry.isPIN(pin, of: offer)) }
    }

    @Test("count wrong PINs, and never go back from an end", arguments: Backend.available)
    func onward(backend: Backend) async throws {
        let opened = try backend.open()
        let offer = try await opened.store.write { [registry, subject] in
            try registry.makeOffer(subject, Self.secrets, at: 1000, in: $0)
        }
        for left in (0..<Registry.wrongPINCountMax).reversed() {
            let counted = try await opened.store.write { transaction in
                let known = try #require(try transaction.offer(offer.identifier))
                return try Registry.countWrongPIN(of: known, in: transaction)
            }
            #expect(counted == left)
        }
        // The offer as it was made has fewer wrong PINs.
        await #expect(throws: StorageError.self) { try await opened.store.write { try $0.putOffer(offer) } }
        try await opened.store.write { transaction in
            let known = try #require(try transaction.offer(offer.identifier))
            try Registry.end(known, as: .used, in: transaction)
            try Registry.end(known.with(.used), as: .revoked, in: transaction)
        }
        let ended = try opened.store.read { try $0.offer(offer.identifier) }
        #expect(ended?.status == .used && ended?.sealedSecret == nil)
        await #expect(throws: StorageError.self) { try await opened.store.write { try $0.putOffer(offer) } }
    }

    @Test("forget secrets at an offer's end, and the offer two days later", arguments: Backend.available)
    func forgotten(backend: Backend) async throws {
        let opened = try backend.open()
        let offer = try await opened.store.write { [registry, subject] in
            try registry.makeOffer(subject, Self.secrets, at: 1_000_000, in: $0)
        }
        func forget(at time: UInt64) async throws -> Int {
            try await opened.store.write { [registry] in try registry.forgetEndedOffers(at: time, in: $0) }
        }
        #expect(try await forget(at: offer.expiresAt - 1) == 0)
        #expect(try await forget(at: offer.expiresAt) == 1)
        #expect(try opened.store.read { try $0.offer(offer.identifier) }?.sealedSecret == nil)
        #expect(try await forget(at: offer.expiresAt + Registry.endedOfferSeconds - 1) == 0)
        #expect(try opened.store.read { try $0.offer(offer.identifier) } != nil)
        #expect(try await forget(at: offer.expiresAt + Registry.endedOfferSeconds) == 1)
        #expect(try opened.store.read { try $0.offer(offer.identifier) } == nil)
    }

    private static func holding(_ byte: UInt8, loss: UInt8) -> HoldingRecord {
        HoldingRecord(
            identifier: [byte], subject: .init(subject: "a", guardian: nil, scope: 0, days: 7), thumbprint: [byte],
            lossDigest: [loss], madeAt: 5, coveredUntil: 10, statusAt: 5)
    }

    @Test("keep a revoked holding revoked, and no second one with its loss code", arguments: Backend.available)
    func holding(backend: Backend) async throws {
        let opened = try backend.open()
        try await opened.store.write { try $0.putHolding(Self.holding(1, loss: 1)) }
        await #expect(throws: StorageError.self) {
            try await opened.store.write { try $0.putHolding(Self.holding(2, loss: 1)) }
        }
        try await opened.store.write { try $0.putHolding(Self.holding(1, loss: 1).with(coveredUntil: 20)) }
        try await opened.store.write { try $0.putHolding(Self.holding(1, loss: 1)) }
        #expect(try opened.store.read { try $0.holding([1]) }?.coveredUntil == 20)
        let count = try await opened.store.write { [registry] in
            try registry.revoke(Self.holding(1, loss: 1), at: 7, in: $0)
        }
        let revoked = try opened.store.read { try $0.holding([1]) }
        #expect(count.codeCount == 0 && revoked?.status == .revoked && revoked?.statusAt == 7)
        await #expect(throws: StorageError.self) {
            try await opened.store.write { try $0.putHolding(Self.holding(1, loss: 1)) }
        }
    }

    @Test("open a token for its own use alone")
    func tokens() throws {
        let token = try registry.sealed(token: [1, 2, 3], for: "access")
        #expect(try registry.opened(token: token, for: "access") == [1, 2, 3])
        #expect(try registry.opened(token: token, for: "refresh") == nil)
        for index in token.indices {
            var changed = token
            changed[index] ^= 1
            #expect(try registry.opened(token: changed, for: "access") == nil)
        }
        for count in 0..<token.count {
            #expect(try registry.opened(token: Array(token[..<count]), for: "access") == nil)
        }
    }
}
