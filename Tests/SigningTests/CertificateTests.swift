import Signing
import TestSupport
import Testing

@Suite("A certificate made by the openssl program")
struct CertificateTests {
    private static let keys = [
        "ed25519": "-newkey ed25519", "es256": "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
        "ps256": "-newkey rsa:2048 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
    ]

    /// Makes a certificate that signs itself, and leaves `NAME.key` and `NAME.pem`.
    private func make(_ name: String, key: String, _ options: String, in openssl: OpenSSLProgram) throws
        -> Certificate
    {
        let arguments = try #require(Self.keys[key])
        try openssl.run(
            "req -x509 \(arguments) -sha256 -nodes -keyout \(name).key -out \(name).pem -subj /CN=\(name) \(options)")
        return try Certificate(pem: ProjectFiles.bytes(openssl.path("\(name).pem")))
    }

    @Test(
        "gives its key, its time and its purposes, and is signed by itself", arguments: ["ed25519", "es256", "ps256"])
    func read(key: String) throws {
        let openssl = try OpenSSLProgram()
        let certificate = try make(
            "issuer", key: key,
            "-days 10 -addext extendedKeyUsage=1.3.6.1.4.1.1847.2021.1.1,clientAuth", in: openssl)
        let algorithm: [String: SignatureAlgorithm] = ["ed25519": .ed25519, "es256": .es256, "ps256": .ps256]
        #expect(certificate.key.algorithm == algorithm[key])
        #expect(certificate.extendedKeyUsages == ["1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.5.5.7.3.2"])
        #expect(certificate.notAfter - certificate.notBefore == 10 * 86_400)
        #expect(certificate.subject == certificate.issuer)
        #expect(certificate.isSigned(by: certificate))
        try openssl.run("x509 -in issuer.pem -outform der -out issuer.der")
        #expect(try Certificate(der: ProjectFiles.bytes(openssl.path("issuer.der"))) == certificate)
        try openssl.run("x509 -in issuer.pem -pubkey -noout -out issuer.pub")
        #expect(try VerificationKey(pem: ProjectFiles.bytes(openssl.path("issuer.pub"))) == certificate.key)
        #expect(certificate.identifier8 == Array(DigestAlgorithm.sha256.digest(certificate.der).prefix(8)))
    }

    @Test("without purposes has none")
    func withoutPurposes() throws {
        let openssl = try OpenSSLProgram()
        #expect(try make("plain", key: "es256", "-days 1", in: openssl).extendedKeyUsages.isEmpty)
    }

    @Test("of another is signed by its issuer, and by no other of the same name", arguments: ["es256", "ps256"])
    func issued(key: String) throws {
        let openssl = try OpenSSLProgram()
        let issuer = try make("issuer", key: key, "-days 2", in: openssl)
        try openssl.run(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf")
        let options = key == "ps256" ? "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32" : ""
        try openssl.run(
            "x509 -req -in leaf.csr -CA issuer.pem -CAkey issuer.key -days 1 -sha256 -set_serial 7 -out leaf.pem \(options)"
        )
        let leaf = try Certificate(pem: ProjectFiles.bytes(openssl.path("leaf.pem")))
        #expect(leaf.issuer == issuer.subject)
        #expect(leaf.isSigned(by: issuer))
        #expect(leaf.isSigned(by: issuer.key))
        #expect(!leaf.isSigned(by: leaf.key))
        #expect(!issuer.isSigned(by: leaf))
        let namesake = try make("issuer", key: key, "-days 2", in: openssl)
        #expect(namesake.subject == issuer.subject)
        #expect(!leaf.isSigned(by: namesake))
        let renamed = try make("renamed", key: key, "-days 2 -key issuer.key", in: openssl)
        #expect(!leaf.isSigned(by: renamed))
    }

    @Test("signed over SHA-1 is not trusted")
    func weakDigest() throws {
        let openssl = try OpenSSLProgram()
        try openssl.run("req -x509 -newkey rsa:2048 -sha1 -nodes -keyout weak.key -out weak.pem -subj /CN=weak -days 1")
        let certificate = try Certificate(pem: ProjectFiles.bytes(openssl.path("weak.pem")))
        #expect(!certificate.isSigned(by: certificate))
    }

    @Test("cut short, made longer or changed in a byte of its signature is refused")
    func broken() throws {
        let openssl = try OpenSSLProgram()
        let certificate = try make("issuer", key: "es256", "-days 1", in: openssl)
        for byteCount in 0..<certificate.der.count {
            #expect(
                code { _ = try Certificate(der: Array(certificate.der.prefix(byteCount))) } == .certificateMalformed)
        }
        #expect(code { _ = try Certificate(der: certificate.der + [0]) } == .certificateMalformed)
        #expect(code { _ = try Certificate(pem: certificate.key.pem()) } == .certificateMalformed)
        let large = [UInt8](repeating: 0x30, count: Certificate.byteCountMax + 1)
        #expect(code { _ = try Certificate(der: large) } == .certificateMalformed)
        var changed = certificate.der
        changed[changed.count - 1] ^= 1
        #expect(try !Certificate(der: changed).isSigned(by: certificate.key))
    }
}
