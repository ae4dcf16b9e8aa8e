import Encoding
import Signing
import Testing

@Suite("A digest, and what is built on it")
struct DigestTests {
    @Test(
        "is the published one of abc",
        arguments: [
            (DigestAlgorithm.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (.sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ])
    func published(algorithm: DigestAlgorithm, expected: String) {
        let message = Array("abc".utf8)
        #expect(Hex.encode(algorithm.digest(message)) == expected)
        #expect(Hex.encode(algorithm.digest(message[..<1], message[1...])) == expected)
        #expect(Hex.encode(algorithm.digest(message.lazy.map { $0 })) == expected)
        var hasher = Hasher(algorithm)
        for byte in message { hasher.update([byte]) }
        #expect(Hex.encode(hasher.finalize()) == expected)
        hasher.update(message)
        #expect(Hex.encode(hasher.finalize()) == expected)
    }

    @Test(
        "of one block of the seal is the published one, and opens again",
        arguments: [
            (
                SealCipher.aes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "6bc1bee22e409f96e93d7e117393172a", "f3eed1bdb5d2a03c064b5a7e3db181f8"
            ),
            (
                .sm4, "0123456789abcdeffedcba9876543210", "0123456789abcdeffedcba9876543210",
                "681edf34d206965e86b3e94f536e4246"
            ),
        ])
    func block(cipher: SealCipher, key: String, plain: String, sealed: String) throws {
        let key = try Hex.decode(key)
        #expect(try Hex.encode(cipher.encryptBlock(Hex.decode(plain), key: key)) == sealed)
        #expect(try Hex.encode(cipher.decryptBlock(Hex.decode(sealed), key: key)) == plain)
        #expect(code { _ = try cipher.encryptBlock([1], key: key) } == .lengthOutOfRange)
        #expect(code { _ = try cipher.encryptBlock([UInt8](repeating: 0, count: 16), key: [1]) } == .lengthOutOfRange)
    }

    @Test("key derivation refuses lengths that RFC 5869 does not allow")
    func derivation() {
        for count in [-1, 0, 8161] {
            #expect(
                code { _ = try HKDF.derive(.sm3, key: [1], salt: [], info: [], byteCount: count) } == .lengthOutOfRange)
        }
    }

    @Test("random bytes come in the number asked for, and do not repeat")
    func random() throws {
        #expect(try SystemRandom().bytes(0).isEmpty)
        let first = try SystemRandom().bytes(1000)
        #expect(try first.count == 1000 && first != SystemRandom().bytes(1000))
    }

    @Test("along a chain is what it is step by step", .enabled(if: SHA256Walk.isSupported))
    func alongAChain() {
        let label = Array("a label of a 16!".utf8)
        let first = (0..<16).map { UInt8(7 * $0) }
        var value = first
        for index in (0..<300).reversed() {
            let place = (1...4).map { UInt8(truncatingIfNeeded: index >> (32 - 8 * $0)) }
            value = Array(DigestAlgorithm.sha256.digest(label + place + value).prefix(16))
            #expect(SHA256Walk.value(from: first, at: 300, to: UInt32(index), label: label) == value)
        }
        #expect(SHA256Walk.value(from: first, at: 300, to: 300, label: label) == first)
    }
}
