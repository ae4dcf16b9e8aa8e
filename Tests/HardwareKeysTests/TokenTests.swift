import Glibc
import HardwareKeys
import Signing
import Synchronization
import TestSupport
import Testing

/// One after another, since SoftHSM finds its tokens by a variable of the whole process.
@Suite("A key in a token", .serialized)
struct TokenTests {
    /// One folder of tokens for all tests; each uses a token that no other test breaks.
    private static let tokens: SoftToken? = {
        guard let tokens = try? SoftToken("keys", "threads", "away", "pins", "few") else { return nil }
        unsafe setenv("SOFTHSM2_CONF", tokens.folder("softhsm2.conf"), 1)
        return tokens
    }()

    private let tokens: SoftToken

    init() throws {
        tokens = try #require(Self.tokens, "softhsm2 and opensc are installed by tools/setup --tests")
    }

    private func made(
        _ algorithm: SignatureAlgorithm, in label: String, module: String = SoftToken.module, pin: String = "pin"
    ) throws -> (key: SigningKey, uri: TokenURI) {
        let uri = try TokenURI(tokens.uri(label, module: module, pin: pin))
        return try TokenKey.make(algorithm, in: uri, label: "suishen test", credentialFolder: nil)
    }

    private func code<Value>(_ body: () throws -> Value) -> SigningError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? SigningError)?.code ?? .signingFailed
        }
    }

    @Test("signs as a key in memory does, and OpenSSL agrees", arguments: [SignatureAlgorithm.ed25519, .es256])
    func signs(algorithm: SignatureAlgorithm) throws {
        let (key, uri) = try made(algorithm, in: "keys")
        #expect(key.algorithm == algorithm)
        #expect(uri.id == key.verificationKey.keyIdentifier)
        for number in 0..<40 {
            let message = Array("message \(number)".utf8)
            let signature = try key.sign(message)
            // ES256 with the lower s alone, which a token gives half of the time.
            #expect(key.verificationKey.isValid(signature, for: message))
            #expect(!key.verificationKey.isValid(signature, for: message + [0]))
            if number == 0 { try checkByOpenSSL(signature, of: message, by: key) }
        }
        #expect(code { try key.pem() } == .keyUnwritable)
        #expect(code { try key.write(to: tokens.folder("no.pem")) } == .keyUnwritable)
    }

    /// OpenSSL alone: its own reader of the public key, its own verification.
    private func checkByOpenSSL(_ signature: [UInt8], of message: [UInt8], by key: SigningKey) throws {
        let (text, public_) = try (
            tokens.folder.write(message, to: "message"),
            tokens.folder.write(key.verificationKey.pem(), to: "public.pem")
        )
        var form = signature
        if key.algorithm == .es256 {
            let halves = [signature[..<32], signature[32...]].map { half -> [UInt8] in
                let digits = Array(half.drop { $0 == 0 })
                let padded = (digits.first ?? 0) >= 0x80 ? [0] + digits : digits
                return [0x02, UInt8(padded.count)] + padded
            }
            form = [0x30, UInt8(halves[0].count + halves[1].count)] + halves[0] + halves[1]
        }
        let file = try tokens.folder.write(form, to: "signature")
        let words = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public_, "-sigfile", file, "-in", text]
        let digest = key.algorithm == .es256 ? ["-digest", "sha256"] : []
        let openssl = Program(path: "/usr/bin/openssl")
        #expect(try openssl.run(words + digest).output.contains("Signature Verified Successfully"))
        try tokens.folder.write(message + [1], to: "message")
        #expect(try openssl.run(words + digest).status != 0)
    }

    @Test("can never leave the token, and is found by its key identifier")
    func attributes() throws {
        let (key, _) = try made(.es256, in: "keys")
        let digits = key.verificationKey.keyIdentifier.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let listing = try tokens.listing("keys")
        let object = try #require(
            listing.split(separator: "Private Key Object").first { $0.contains(digits) }, "\(listing)")
        #expect(object.contains("sensitive") && object.contains("never extractable"), "\(object)")
        #expect(object.contains("suishen test"))
    }

    @Test("is found again by its URI, with the public key that the token says or the one that is trusted")
    func found() throws {
        for algorithm in [SignatureAlgorithm.ed25519, .es256] {
            let (key, uri) = try made(algorithm, in: "keys")
            let existing = try TokenKey.existing(uri, credentialFolder: nil)
            #expect(existing.verificationKey == key.verificationKey)
            #expect(try key.verificationKey.isValid(existing.sign([1, 2]), for: [1, 2]))
            let content = TokenReference(uri: uri.ofKey, publicKey: key.verificationKey).content
            let referred = try TokenReference(content).key(in: uri.ofToken, credentialFolder: nil)
            #expect(try key.verificationKey.isValid(referred.sign([3]), for: [3]))
        }
        let uri = try TokenURI(tokens.uri("keys"))
        #expect(code { try TokenKey.existing(uri, credentialFolder: nil) } == .tokenURIInvalid)
    }

    @Test("that is not the trusted one, or not there, does not sign")
    func other() throws {
        let (_, uri) = try made(.ed25519, in: "keys")
        let trusted = try SigningKey.generate(.ed25519).verificationKey
        let wrong = SigningKey(
            verificationKey: trusted, signer: try TokenKey(uri, verificationKey: trusted, credentialFolder: nil))
        #expect(code { try wrong.sign([1]) } == .tokenKeyMissing)
        // A key of another kind under the same id does not sign for it either.
        let curve = try SigningKey.generate(.es256).verificationKey
        let mixed = SigningKey(
            verificationKey: curve, signer: try TokenKey(uri, verificationKey: curve, credentialFolder: nil))
        #expect(code { try mixed.sign([1]) } != nil)
        var absent = uri
        absent.id = [9, 9, 9, 9]
        let missing = SigningKey(
            verificationKey: trusted, signer: try TokenKey(absent, verificationKey: trusted, credentialFolder: nil))
        #expect(code { try missing.sign([1]) } == .tokenKeyMissing)
    }

    @Test("that was discarded is gone")
    func discarded() throws {
        let (key, uri) = try made(.ed25519, in: "keys")
        _ = try key.sign([1])
        try TokenKey.discard(uri, credentialFolder: nil)
        #expect(code { try TokenKey.existing(uri, credentialFolder: nil) } == .tokenKeyMissing)
        #expect(code { try key.sign([1]) } != nil)
    }

    @Test("signs for many threads at once")
    func threads() throws {
        let (key, _) = try made(.ed25519, in: "threads")
        let wrong = Mutex(0)
        try inThreads(40) { number in
            for round in 0..<25 {
                let message = [UInt8(number), UInt8(round)]
                let isValid = (try? key.sign(message)).map { key.verificationKey.isValid($0, for: message) }
                if isValid != true { wrong.withLock { $0 += 1 } }
            }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test("waits for a session where the token has fewer than it wants", .enabled(if: SoftToken.hasCompiler))
    func fewSessions() throws {
        let module = try tokens.limitedModule(sessionCountMax: 2)
        let (key, _) = try made(.ed25519, in: "few", module: module)
        let wrong = Mutex<[SigningError.Code?]>([])
        try inThreads(12) { number in
            for _ in 0..<10 {
                let code = self.code { try key.sign([UInt8(number)]) }
                if let code { wrong.withLock { $0.append(code) } }
            }
        }
        #expect(wrong.withLock { $0 } == [])
        // No session at all is an error that says so.
        let none = try tokens.limitedModule(sessionCountMax: 0)
        let error = #expect(throws: SigningError.self) { try made(.ed25519, in: "few", module: none) }
        #expect(error?.code == .keyUnavailable && error?.reason.contains("no free session") == true, "\(error as Any)")
    }

    @Test("is out of reach while the token is away, and comes back by itself")
    func away() throws {
        let (key, _) = try made(.ed25519, in: "away")
        _ = try key.sign([1])
        tokens.takeAway()
        var codes: [SigningError.Code?] = []
        for _ in 0..<50 {
            codes.append(code { try key.sign([2]) })
            usleep(50_000)
        }
        tokens.putBack()
        #expect(codes.allSatisfy { $0 == .keyUnavailable }, "\(codes)")
        #expect(codes.contains(.keyUnavailable))
        var isBack = false
        for _ in 0..<100 where !isBack {
            isBack = code { try key.sign([3]) } == nil
            usleep(50_000)
        }
        #expect(isBack)
        for round in 0..<20 {
            let message = [UInt8(round)]
            #expect(try key.verificationKey.isValid(key.sign(message), for: message))
        }
        try key.checkAvailable()
    }

    @Test("is out of reach without its token or its module")
    func absent() throws {
        for (uri, part) in [
            (tokens.uri("nobody"), "no slot has it"), (tokens.uri(module: "/nowhere/module.so"), "/nowhere/module.so"),
            (tokens.uri(module: "/usr/lib/x86_64-linux-gnu/libz.so.1"), "no PKCS#11 functions"),
        ] {
            let error = #expect(throws: SigningError.self) {
                try TokenKey.make(.ed25519, in: TokenURI(uri), label: "x", credentialFolder: nil)
            }
            #expect(error?.code == .keyUnavailable && error?.reason.contains(part) == true, "\(error as Any)")
        }
    }

    @Test("is opened with a wrong PIN once, and with each PIN that the file holds later")
    func pins() throws {
        let calls = tokens.folder("calls")
        unsafe setenv("PKCS11SPY", SoftToken.module, 1)
        unsafe setenv("PKCS11SPY_OUTPUT", calls, 1)
        defer { unsafe unlink(tokens.folder("other")) }
        func logins() throws -> Int {
            String(decoding: try ProjectFiles.bytes(calls), as: UTF8.self).split(separator: "C_Login").count - 1
        }
        try tokens.folder.write(Array("1111111".utf8), to: "other", mode: 0o400)
        func attempt() -> SigningError.Code? {
            code {
                let uri = try TokenURI(tokens.uri("pins", module: SoftToken.spy, pin: "other"))
                return try TokenKey.make(.ed25519, in: uri, label: "x", credentialFolder: nil)
            }
        }
        func attempts(_ count: Int) -> [SigningError.Code?] {
            (0..<count).map { _ in
                // Longer than an error is remembered, so that each of them would log in.
                usleep(1_100_000)
                return attempt()
            }
        }
        #expect(attempts(4) == Array(repeating: .tokenPinRefused, count: 4))
        #expect(try logins() == 1)
        unsafe unlink(tokens.folder("other"))
        try tokens.folder.write(Array("2222222\n".utf8), to: "other", mode: 0o400)
        #expect(attempts(2) == Array(repeating: .tokenPinRefused, count: 2))
        #expect(try logins() == 2)
        // The PIN that was refused first is still known.
        unsafe unlink(tokens.folder("other"))
        try tokens.folder.write(Array("1111111".utf8), to: "other", mode: 0o400)
        #expect(attempts(1) == [.tokenPinRefused])
        #expect(try logins() == 2)
        unsafe unlink(tokens.folder("other"))
        #expect(attempts(1) == [.keyUnreadable])
        try tokens.folder.write(Array(SoftToken.pin.utf8), to: "other", mode: 0o444)
        #expect(attempts(1) == [.keyPermissions])
        unsafe chmod(tokens.folder("other"), 0o400)
        #expect(attempts(2) == [nil, nil])
        #expect(try logins() == 3)
    }

    /// Runs `body` in so many threads at once, with the number of each.
    private func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
        let threads = (0..<count).map { number in
            RunningThread { body(number) }
        }
        threads.forEach { $0.join() }
    }
}
