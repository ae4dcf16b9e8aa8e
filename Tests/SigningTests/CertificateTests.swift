import Signing
import TestSupport
import Testing

@Suite("A certificate made by the openssl program")
struct CertificateTests {
    private static let keys = [
        "ed25519": "-newkey ed25519", "es256": "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
        "ps256": "-newkey rsa:2048 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
    ]

    /// Makes a self-signed certificate, and leaves `NAME.pem`.
    private func make(_ name: String, key: String, _ options: String, in openssl: OpenSSLProgram) throws
        -> Certificate
    {
        let arguments = try #require(Self.keys[key])
        try openssl.run(
            "req -x509 \(arguments) -sha256 -nodes -keyout \(name).key -out \(name).pem -subj /CN=\(name) \(options)")
        try openssl.run("x509 -in \(name).pem -outform der -out \(name).der")
        return try Certificate(der: ProjectFiles.bytes(openssl.path("\(name).der")))
    }

    @Test(
        "gives its key, its time and its purposes", arguments: ["ed25519", "es256", "ps256"])
    func read(key: String) throws {
        let openssl = try OpenSSLProgram()
        let certificate = try make(
            "issuer", key: key,
            "-days 10 -addext extendedKeyUsage=1.3.6.1.4.1.1847.2021.1.1,clientAuth", in: openssl)
        let algorithm: [String: SignatureAlgorithm] = ["ed25519": .ed25519, "es256": .es256, "ps256": .ps256]
        #expect(certificate.key.algorithm == algorithm[key])
        #expect(certificate.extendedKeyUsages == ["1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.5.5.7.3.2"])
        #expect(certificate.notAfter - certificate.notBefore == 10 * 86_400)
        try openssl.run("x509 -in issuer.pem -pubkey -noout -out issuer.pub")
        #expect(try VerificationKey(pem: ProjectFiles.bytes(openssl.path("issuer.pub"))) == certificate.key)
        #expect(certificate.identifier8 == Array(DigestAlgorithm.sha256.digest(certificate.der).prefix(8)))
    }

    @Test("without purposes has none")
    func withoutPurposes() throws {
        let openssl = try OpenSSLProgram()
        #expect(try make("plain", key: "es256", "-days 1", in: openssl).extendedKeyUsages.isEmpty)
    }

    @Test("cut short or made longer is refused")
    func broken() throws {
        let openssl = try OpenSSLProgram()
        let certificate = try make("issuer", key: "es256", "-days 1", in: openssl)
        for byteCount in 0..<certificate.der.count {
            #expect(
                code { _ = try Certificate(der: Array(certificate.der.prefix(byteCount))) } == .certificateMalformed)
        }
        #expect(code { _ = try Certificate(der: certificate.der + [0]) } == .certificateMalformed)
        #expect(code { _ = try Certificate(der: certificate.key.spki) } == .certificateMalformed)
        let large = [UInt8](repeating: 0x30, count: Certificate.byteCountMax + 1)
        #expect(code { _ = try Certificate(der: large) } == .certificateMalformed)
    }
}
