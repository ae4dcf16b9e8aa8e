import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A key that receives sealed secrets")
struct ReceivingKeyTests {
    @Test("opens what was sealed to it and nothing else", arguments: Suite.allCases)
    func sealed(suite: Suite) throws {
        let (key, other) = (try ReceivingKey.generate(for: suite), try ReceivingKey.generate(for: suite))
        let published = try ReceivingPublicKey(spki: key.publicKey.spki)
        #expect(published.belongs(to: suite) && published == key.publicKey)
        for secret in [[], [7], [UInt8](repeating: 5, count: 5000)] where suite != .sm2 || !secret.isEmpty {
            let sealed = try published.seal(secret)
            #expect(try sealed != published.seal(secret))
            #expect(key.open(sealed) == secret)
            #expect(other.open(sealed) == nil)
        }
        let secret: [UInt8] = Array("a secret of 24 bytes....".utf8)
        let sealed = try published.seal(secret)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(key.open(altered) != secret, "\(index)")
            #expect(key.open(Array(sealed[..<index])) == nil, "\(index)")
        }
        #expect(throws: SigningError.self) {
            try published.seal([UInt8](repeating: 0, count: ReceivingPublicKey.plaintextByteCountMax + 1))
        }
    }

    @Test("comes back from its file, which is private and is never replaced", arguments: Suite.allCases)
    func file(suite: Suite) throws {
        let scratch = try ScratchFolder()
        let key = try ReceivingKey.generate(for: suite)
        try key.write(to: scratch("key"))
        var status = stat()
        #expect(unsafe stat(scratch("key"), &status) == 0 && status.st_mode & 0o7777 == 0o400)
        let read = try ReceivingKey(contentsOf: scratch("key"))
        #expect(read.publicKey == key.publicKey)
        #expect(try read.open(key.publicKey.seal([1, 2, 3])) == [1, 2, 3])
        let again = #expect(throws: SigningError.self) {
            try ReceivingKey.generate(for: suite).write(to: scratch("key"))
        }
        #expect(again?.code == .keyExists)
        unsafe chmod(scratch("key"), 0o440)
        let open = #expect(throws: SigningError.self) { try ReceivingKey(contentsOf: scratch("key")) }
        #expect(open?.code == .keyPermissions)
        try scratch.write([UInt8](repeating: 1, count: 31), to: "short", mode: 0o400)
        let short = #expect(throws: SigningError.self) { try ReceivingKey(contentsOf: scratch("short")) }
        #expect(short?.code == .keyMalformed)
    }

    /// The points of small order on Curve25519 (RFC 7748 §6.1 has implementations look for their all-zero result).
    @Test(
        "is refused at a point of small order, off its curve, or of another type",
        arguments: [
            String(repeating: "00", count: 32), "01" + String(repeating: "00", count: 31),
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func unusable(point: String) throws {
        let prefix = try ReceivingKey.generate(for: .ed25519).publicKey.spki.prefix(12)
        #expect(throws: SigningError.self) { try ReceivingPublicKey(spki: prefix + Hex.decode(point)) }
        var off = try ReceivingKey.generate(for: .sm2).publicKey.spki
        off[off.count - 1] ^= 1
        let malformed = #expect(throws: SigningError.self) { try ReceivingPublicKey(spki: off) }
        #expect(malformed?.code == .keyMalformed)
        let signing = try SigningKey.generate(.ed25519).verificationKey.spki
        let other = #expect(throws: SigningError.self) { try ReceivingPublicKey(spki: signing) }
        #expect(other?.code == .keyWrongAlgorithm)
    }

    @Test("of X25519 has the public key that the openssl program derives")
    func derived() throws {
        let openssl = try OpenSSLProgram()
        let key = try ReceivingKey.generate(for: .ed25519)
        try key.write(to: openssl.path("raw"))
        // PKCS#8 of X25519 is a prefix and the raw bytes (RFC 8410 §7).
        let prefix = try Hex.decode("302e020100300506032b656e04220420")
        try Self.write(prefix + ProjectFiles.bytes(openssl.path("raw")), to: openssl.path("key.der"))
        try openssl.run("pkey -inform DER -in key.der -pubout -outform DER -out public.der")
        #expect(try ProjectFiles.bytes(openssl.path("public.der")) == key.publicKey.spki)
    }

    @Test("of SM2 works with the openssl program in both directions")
    func openssl() throws {
        let openssl = try OpenSSLProgram()
        let key = try ReceivingKey.generate(for: .sm2)
        try key.write(to: openssl.path("key.pem"))
        try Self.write(key.publicKey.seal(Array("sealed here".utf8)), to: openssl.path("ours"))
        try openssl.run("pkeyutl -decrypt -inkey key.pem -in ours -out opened")
        #expect(try ProjectFiles.bytes(openssl.path("opened")) == Array("sealed here".utf8))
        try Self.write(Array("sealed there".utf8), to: openssl.path("plain"))
        try openssl.run("pkeyutl -encrypt -inkey key.pem -in plain -out theirs")
        #expect(try key.open(ProjectFiles.bytes(openssl.path("theirs"))) == Array("sealed there".utf8))
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "wb") else { throw MissingFile(path: path) }
        defer { unsafe fclose(file) }
        _ = unsafe fwrite(bytes, 1, bytes.count, file)
    }
}
