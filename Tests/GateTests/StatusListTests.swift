import Compression
import Credential
import Encoding
import Gate
import Signing
import Testing

@Suite("A status list")
struct StatusListTests {
    /// The draft's example of 1-bit statuses (Token Status List §4.1) and its compressed form (§4.2).
    @Test("packs as the draft's example does")
    func draftExample() throws {
        let statuses = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
        var list = StatusList(count: statuses.count)
        for (index, status) in statuses.enumerated() { list[index] = status == 1 }
        #expect(list.bytes == [0xB9, 0xA3])
        let packed = try Hex.decode("78dadbb918000217015d")
        #expect(try Deflate.all(list.bytes) == packed)
        #expect(try Inflate.all(packed, byteCountMax: 2) == list.bytes)
    }

    @Test("names every revoked index, in each place of a word and at an odd end", arguments: [8, 64, 72, 1000, 4096])
    func revokedIndices(count: Int) {
        #expect(StatusList(count: count).revokedIndices == [])
        for index in 0..<count {
            var list = StatusList(count: count)
            list[index] = true
            #expect(list.revokedIndices == [UInt32(index)])
        }
        #expect(StatusList(bytes: [UInt8](repeating: 255, count: count / 8)).revokedIndices == Array(0..<UInt32(count)))
    }

    @Test("of millions of codes comes back whole, and takes little room", arguments: [101, 10_007])
    func large(step: Int) throws {
        var list = StatusList(count: 5_000_000)
        for index in stride(from: 3, to: list.count, by: step) { list[index] = true }
        let key = try SigningKey.generate(.ed25519)
        let token = StatusListToken(
            subject: "SH-person-1", issuedAt: 5, expiresAt: nil, timeToLiveSeconds: nil, list: list)
        let bytes = try token.signed(by: key)
        #expect(try StatusListToken(bytes[...]) { $0.isSigned(by: key.verificationKey) }.list == list)
        #expect(bytes.count < list.bytes.count / 5)
    }

    @Test("is taken from a trusted signer only, and unchanged")
    func signer() throws {
        let key = try SigningKey.generate(.ed25519)
        let token = StatusListToken(
            subject: "SH-person-1", issuedAt: 5, expiresAt: 9, timeToLiveSeconds: 3, list: StatusList(count: 100))
        let bytes = try token.signed(by: key)
        #expect(try StatusListToken(bytes[...]) { $0.isSigned(by: key.verificationKey) } == token)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: BundleError.self) {
                try StatusListToken(changed[...]) { $0.isSigned(by: key.verificationKey) }
            }
        }
    }
}
