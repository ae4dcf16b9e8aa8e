import Glibc
import Signing
import TestSupport
import Testing

@Suite("The openssl program")
struct OpenSSLTests {
    private static let generators: [SignatureAlgorithm: String] = [
        .ed25519: "genpkey -algorithm ed25519 -out key.pem",
        .es256: "genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        .sm2: "genpkey -algorithm sm2 -out key.pem",
    ]

    private static let message = Array("what is signed here".utf8)

    @Test("makes keys that we read, and both see one public key", arguments: SignatureTests.algorithms)
    func keysRead(algorithm: SignatureAlgorithm) throws {
        let openssl = try OpenSSLProgram()
        try openssl.run(#require(Self.generators[algorithm]))
        try #require(unsafe chmod(openssl.path("key.pem"), 0o400) == 0)
        let key = try SigningKey(contentsOf: openssl.path("key.pem"))
        #expect(key.algorithm == algorithm)
        try openssl.run("pkey -in key.pem -pubout -out key.pub")
        let publicKey = try VerificationKey(pem: ProjectFiles.bytes(openssl.path("key.pub")))
        #expect(key.verificationKey == publicKey)
        #expect(try publicKey.isValid(key.sign(Self.message), for: Self.message))
    }

    @Test("reads keys that we make, and both see one public key", arguments: SignatureTests.algorithms)
    func keysWritten(algorithm: SignatureAlgorithm) throws {
        let openssl = try OpenSSLProgram()
        let key = try SigningKey.generate(algorithm)
        try key.write(to: openssl.path("key.pem"))
        try openssl.run("pkey -in key.pem -check -noout")
        try openssl.run("pkey -in key.pem -pubout -out key.pub")
        #expect(try VerificationKey(pem: ProjectFiles.bytes(openssl.path("key.pub"))) == key.verificationKey)
        try openssl.write(key.verificationKey.pem(), to: "ours.pub")
        #expect(openssl.accepts("pkey -pubin -in ours.pub -noout"))
    }

    @Test("verifies our SM2 signatures with their id, and refuses them with another or over other bytes")
    func signaturesSM2() throws {
        let openssl = try OpenSSLProgram()
        let key = try SigningKey.generate(.sm2)
        try openssl.write(key.verificationKey.pem(), to: "key.pub")
        try openssl.write(Self.message, to: "message")
        try openssl.write(Self.message + [0], to: "other")
        try openssl.write(Self.sequence(key.sign(Self.message)), to: "signature")
        let verify = "dgst -sm3 -verify key.pub -signature signature"
        #expect(openssl.accepts("\(verify) -sigopt distid:1234567812345678 message"))
        #expect(!openssl.accepts("\(verify) -sigopt distid:1234567812345679 message"))
        #expect(!openssl.accepts("\(verify) -sigopt distid:1234567812345678 other"))
    }

    @Test("verifies our ES256 signatures")
    func signaturesES256() throws {
        let openssl = try OpenSSLProgram()
        let key = try SigningKey.generate(.es256)
        try openssl.write(key.verificationKey.pem(), to: "key.pub")
        try openssl.write(Self.message, to: "message")
        try openssl.write(Self.message + [0], to: "other")
        try openssl.write(Self.sequence(key.sign(Self.message)), to: "signature")
        #expect(openssl.accepts("dgst -sha256 -verify key.pub -signature signature message"))
        #expect(!openssl.accepts("dgst -sha256 -verify key.pub -signature signature other"))
    }

    @Test("makes PS256 signatures that we verify, and those with another salt or padding we refuse")
    func signaturesPS256() throws {
        let openssl = try OpenSSLProgram()
        try openssl.run("genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out key.pem")
        try openssl.run("pkey -in key.pem -pubout -out key.pub")
        try openssl.write(Self.message, to: "message")
        let key = try VerificationKey(pem: ProjectFiles.bytes(openssl.path("key.pub")))
        #expect(key.algorithm == .ps256)
        let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_mgf1_md:sha256 -sigopt rsa_pss_saltlen"
        for (options, isValid) in [("\(pss):32", true), ("\(pss):20", false), ("", false)] {
            try openssl.run("dgst -sha256 -sign key.pem \(options) -out signature message")
            var signature = try ProjectFiles.bytes(openssl.path("signature"))
            #expect(key.isValid(signature, for: Self.message) == isValid, "with \(options)")
            #expect(!key.isValid(signature, for: Self.message + [0]))
            signature[signature.count / 2] ^= 1
            #expect(!key.isValid(signature, for: Self.message))
            #expect(!key.isValid(Array(signature.dropLast()), for: Self.message))
        }
    }

    /// The DER sequence of r and s that the program wants, from the 64 bytes of r‖s.
    private static func sequence(_ raw: [UInt8]) -> [UInt8] {
        let integers = [raw[..<32], raw[32...]].flatMap { half -> [UInt8] in
            var digits = Array(half.drop { $0 == 0 })
            if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
            return [0x02, UInt8(digits.count)] + digits
        }
        return [0x30, UInt8(integers.count)] + integers
    }
}
