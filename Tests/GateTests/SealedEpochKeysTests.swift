import Credential
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A file of sealed epoch keys")
struct SealedEpochKeysTests {
    private let scratch: ScratchFolder
    private let root: SigningKey
    private let keys: GateKeys

    init() throws {
        scratch = try ScratchFolder()
        root = try SigningKey.generate(.ed25519)
        keys = try GateKeys(makingMissingIn: scratch.path, suite: .ed25519)
    }

    private func entry(_ domain: SealDomain, _ day: UInt64) throws -> EpochKeyFile.Entry {
        let key = try #require(EpochKey(bytes: [UInt8](repeating: UInt8(day), count: EpochKey.byteCount)))
        return EpochKeyFile.Entry(issuer: "SH", domain: domain, day: day, key: key)
    }

    private func file(_ entries: [EpochKeyFile.Entry]) throws -> SealedEpochKeys {
        let bytes = try SealedEpochKeys.signed(
            EpochKeyFile(entries: entries), for: keys.gate, sealedTo: keys.receiving.publicKey, issuedAt: 9, by: root)
        return try SealedEpochKeys(bytes, signedBy: .root(root.verificationKey))
    }

    @Test("opens to exactly the keys that were sealed")
    func whole() throws {
        let entries = try [SealDomain.medical, .transit].flatMap { domain in
            try (20...24).map { try entry(domain, $0) }
        }
        let file = try file(entries)
        #expect(file.days == 20...24 && file.domains == [.medical, .transit] && file.issuedAt == 9)
        #expect(try file.opened(by: keys).entries == entries)
    }

    @Test("is refused cut at any byte, and with any byte altered")
    func everyByte() throws {
        let bytes = try SealedEpochKeys.signed(
            EpochKeyFile(entries: [entry(.transit, 20)]), for: keys.gate, sealedTo: keys.receiving.publicKey,
            issuedAt: 9, by: root)
        func opens(_ bytes: [UInt8]) -> Bool {
            let file = try? SealedEpochKeys(bytes, signedBy: .root(root.verificationKey))
            return (try? file?.opened(by: keys)) != nil
        }
        #expect(opens(bytes))
        for index in bytes.indices {
            #expect(!opens(Array(bytes[..<index])), "cut at \(index)")
            var altered = bytes
            altered[index] ^= 1
            #expect(!opens(altered), "byte \(index)")
        }
    }

    @Test("does not open where a domain lacks a day, or has one twice")
    func uneven() throws {
        for entries in [
            [try entry(.medical, 20), try entry(.medical, 21), try entry(.transit, 20)],
            [try entry(.medical, 20), try entry(.medical, 22)],
            [try entry(.medical, 20), try entry(.medical, 20), try entry(.medical, 21)],
        ] {
            let file = try file(entries)
            let error = #expect(throws: BundleError.self) { try file.opened(by: keys) }
            #expect(error?.code == .keysUnusable)
        }
    }

    @Test("is refused without a key, and under another type of signed document")
    func malformed() throws {
        let empty = #expect(throws: BundleError.self) { try file([]) }
        #expect(empty?.code == .keysUnusable)
        let bytes = try SignedMessage.sign([0xa0], by: root)
        let other = #expect(throws: BundleError.self) {
            try SealedEpochKeys(bytes, signedBy: .root(root.verificationKey))
        }
        #expect(other?.code == .keysUnusable)
    }

    @Test("is refused when a bundle key signed it after its end")
    func endedKey() throws {
        let bundleKey = try SigningKey.generate(.ed25519)
        let document = try RootDocument(
            version: 1, issuedAt: 1, expiresAt: 100, roots: [root.verificationKey], threshold: 1,
            bundleKeys: [BundleKey(key: bundleKey.verificationKey, expiresAt: 50)])
        for (time, isTaken) in [(49 as UInt64, true), (50, false)] {
            let bytes = try SealedEpochKeys.signed(
                EpochKeyFile(entries: [entry(.transit, 20)]), for: keys.gate, sealedTo: keys.receiving.publicKey,
                issuedAt: time, by: bundleKey)
            let read = Result { try SealedEpochKeys(bytes, signedBy: .document(document)) }
            #expect(((try? read.get()) != nil) == isTaken, "\(time)")
        }
    }
}
