import Glibc
import Signing
import TestSupport
import Testing

@Suite("A wrapped key file")
struct WrappedKeyTests {
    private static let words = Array("correct horse battery".utf8)

    private func code<Value>(_ body: () throws -> Value) -> SigningError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? SigningError)?.code ?? .signingFailed
        }
    }

    @Test("gives back a key of each algorithm and a secret as they were", arguments: SignatureTests.algorithms)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let passphrase = try KeyPassphrase(Self.words)
        let key = try SigningKey.generate(algorithm)
        let pem = try key.pem()
        let wrapped = try WrappedKey.wrap(pem, under: passphrase)
        #expect(WrappedKey.isWrapped(wrapped) && !WrappedKey.isWrapped(pem))
        #expect(wrapped.count <= SigningKey.fileByteCountMax)
        #expect(try WrappedKey.unwrap(wrapped, under: passphrase) == pem)
        // Another salt each time.
        #expect(try WrappedKey.wrap(pem, under: passphrase) != wrapped)
        #expect(code { try SigningKey(pem: wrapped) } == .keyEncrypted)
        let secret = (0..<32).map { UInt8($0) }
        let wrappedSecret = try WrappedKey.wrap(secret, under: passphrase)
        #expect(try WrappedKey.unwrap(wrappedSecret, under: passphrase) == secret)
    }

    @Test("is opened by OpenSSL, and OpenSSL's are opened here")
    func openSSL() throws {
        let folder = try ScratchFolder()
        let openssl = Program(path: "/usr/bin/openssl")
        let passphrase = try KeyPassphrase(Self.words)
        let key = try SigningKey.generate(.ed25519)
        let file = try folder.write(WrappedKey.wrap(key.pem(), under: passphrase), to: "wrapped.pem")
        let word = "pass:" + String(decoding: Self.words, as: UTF8.self)
        let opened = try openssl.run(["pkey", "-in", file, "-passin", word, "-pubout"])
        #expect(Array(opened.output.utf8) == key.verificationKey.pem())
        let asn1 = try openssl.run(["asn1parse", "-in", file]).output
        #expect(asn1.contains("PBES2") && asn1.contains("scrypt") && asn1.contains("aes-256-cbc"), "\(asn1)")
        let secret = (0..<32).map { UInt8(200 - $0) }
        try folder.write(WrappedKey.wrap(secret, under: passphrase), to: "secret.pem")
        let text = try openssl.run(["pkey", "-in", folder("secret.pem"), "-passin", word, "-text", "-noout"]).output
        #expect(text.contains("c8:c7:c6"), "\(text)")
        let plain = try folder.write(key.pem(), to: "plain.pem", mode: 0o400)
        for options in [["-scrypt"], ["-v2", "aes-256-cbc"]] {
            let made = try openssl.run(
                ["pkcs8", "-topk8", "-in", plain, "-out", folder("theirs.pem"), "-passout", word] + options)
            try #require(made.status == 0, "\(made)")
            let theirs = try WrappedKey.unwrap(ProjectFiles.bytes(folder("theirs.pem")), under: passphrase)
            #expect(try SigningKey(pem: theirs).verificationKey == key.verificationKey)
        }
    }

    @Test("is refused under another passphrase, as a key and as a secret")
    func otherPassphrase() throws {
        let (passphrase, other) = try (KeyPassphrase(Self.words), KeyPassphrase(Self.words + [0x20]))
        for content in try [SigningKey.generate(.ed25519).pem(), (0..<32).map { UInt8($0) }] {
            let wrapped = try WrappedKey.wrap(content, under: passphrase)
            for _ in 0..<3 { #expect(code { try WrappedKey.unwrap(wrapped, under: other) } == .passphraseWrong) }
        }
        #expect(code { try KeyPassphrase([1, 2, 3, 4, 5, 6, 7]) } == .passphraseUnusable)
        #expect(code { try KeyPassphrase([UInt8](repeating: 1, count: 1025)) } == .passphraseUnusable)
        #expect(code { try WrappedKey.wrap([1, 2, 3], under: passphrase) } == .keyMalformed)
        #expect(code { try WrappedKey.unwrap([1, 2, 3], under: passphrase) } == .keyMalformed)
    }

    @Test("with a changed byte never opens to another secret")
    func changed() throws {
        let passphrase = try KeyPassphrase(Self.words)
        let secret = (0..<32).map { UInt8($0) }
        let wrapped = try WrappedKey.wrap(secret, under: passphrase)
        // The iterations' number is left out: a changed one may take very long.
        let lines = wrapped.split(separator: 0x0A, omittingEmptySubsequences: true)
        let start = lines[0].count + 1 + 88
        for place in stride(from: start, to: wrapped.count - lines[lines.count - 1].count - 1, by: 5)
        where wrapped[place] != 0x0A {
            var other = wrapped
            other[place] = other[place] == 0x41 ? 0x42 : 0x41
            if other == wrapped { continue }
            let opened = try? WrappedKey.unwrap(other, under: passphrase)
            #expect(opened == nil || opened == secret, "byte \(place)")
        }
    }

    @Test("replaces the plain file in one step, and overwrites what was there")
    func replaced() throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Array("plain".utf8), to: "key", mode: 0o400)
        // Another name of the same file shows what became of its bytes.
        try #require(unsafe link(path, folder("former")) == 0)
        try SecretFile.replace(path, with: Array("wrapped".utf8), temporary: path + ".new")
        #expect(try ProjectFiles.bytes(path) == Array("wrapped".utf8))
        #expect(try ProjectFiles.bytes(folder("former")) == [0, 0, 0, 0, 0])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o400)
        #expect(!ProjectFiles.exists(path + ".new"))
        try folder.write([], to: "key.new")
        #expect(code { try SecretFile.replace(path, with: [1], temporary: path + ".new") } == .keyExists)
        #expect(try ProjectFiles.bytes(path) == Array("wrapped".utf8))
    }
}
