import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite("An installation whose keys are in a token")
struct TokenCommandTests {
    private func privateKeyFiles(_ made: TokenInstallation) throws -> [String] {
        let outcome = try Program(path: "/bin/sh").run(["-c", "grep -lr 'PRIVATE KEY' \(made.state) | sort"])
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test(
        "has codes, lists, bundles and checkpoints that everybody verifies, and no key in its files but the root's",
        arguments: ["ed25519", "es256"])
    func verifies(suite: String) throws {
        let made = try TokenInstallation(suite)
        #expect(try privateKeyFiles(made) == [made.state + "/keys/root.pem"])
        let object = try #require(
            try made.answer([
                "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "elevator",
            ])["subject"]?.string)
        let text = try #require(try made.answer(["issue", object])["text"]?.string)
        // The bundle and the list in it are under the token's keys, or a gate would not decide.
        #expect(try made.verdict(text)["code"] == "ok")
        try made.answer(["revoke", object])
        #expect(try made.verdict(text)["code"] == "revoked")
        // Its entry gives the log a size.
        try made.answer(["key", "rotate", "status"])
        #expect(try made.verdict(text)["code"] == "revoked")
        let key = try #require(try made.answer(["log", "key"])["key"]?.string)
        let audit = try made.run(
            "chain-verify",
            ["audit", made.state + "/log", "--key", key, "--anchor", made.state + "/log/checkpoint", "--json"])
        #expect(audit.status == 0 && audit.output.contains("\"verdict\":\"intact\""), "\(audit)")
        try checkNoteByOpenSSL(made.state + "/log/checkpoint", key: key, made)
        #expect(try made.run("suishend", ["--state", made.state, "--check-config"]).status == 0)
    }

    /// Checks a signed note with OpenSSL alone: its text, the 64 bytes of its signature, and the key's 32 bytes.
    private func checkNoteByOpenSSL(_ path: String, key: String, _ made: TokenInstallation) throws {
        let note = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
        let parts = note.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let line = try #require(parts[1].split(separator: "\n").first?.split(separator: " ").last)
        let signature = Array(try Base64.decode(String(line)).dropFirst(4))
        let raw = Array(
            try Base64.decode(String(try #require(key.split(separator: "+", maxSplits: 2).last))).dropFirst())
        let folder = made.installation.folder
        let files = try (
            folder.write(Array("\(parts[0])\n".utf8), to: "note"), folder.write(signature, to: "signature"),
            folder.write([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00] + raw, to: "key.der")
        )
        let openssl = try Program(path: "/usr/bin/openssl").run([
            "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", files.2, "-sigfile", files.1, "-in",
            files.0,
        ])
        #expect(openssl.output.contains("Signature Verified Successfully"), "\(openssl)")
    }

    @Test("makes its next keys in the token too, through a daemon or without")
    func rotation() throws {
        let made = try TokenInstallation()
        let object = try #require(
            try made.answer([
                "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category", "elevator",
            ])["subject"]?.string)
        let first = try #require(try made.answer(["issue", object])["text"]?.string)
        for isServed in [false, true] {
            let daemon = isServed ? try made.daemon() : nil
            for role in ["issuer", "status"] {
                let kid = try #require(try made.answer(["key", "rotate", role])["kid"]?.string)
                let file = try ProjectFiles.bytes("\(made.state)/keys/\(role)-\(kid).pem")
                #expect(file.starts(with: "pkcs11:id=".utf8))
                #expect(try made.token.listing().contains("ID:         \(kid)"))
            }
            let text = try #require(try made.answer(["issue", object])["text"]?.string)
            #expect(try made.verdict(text)["code"] == "ok")
            #expect(try made.verdict(first)["code"] == "ok")
            if let daemon { #expect(daemon.end(SIGTERM) == 0) }
        }
        let bundleKey = try made.answer(["root", "bundle-key", "--out", made.installation.folder("bundle.pub")])
        #expect(try made.token.listing().contains("ID:         \(try #require(bundleKey["kid"]?.string))"))
        #expect(try privateKeyFiles(made) == [made.state + "/keys/root.pem"])
    }

    @Test("signs a root document by a root in a token")
    func root() throws {
        let made = try TokenInstallation()
        let folder = made.installation.folder
        let own = try made.answer(["root", "bundle-key", "--out", folder("root.pub")])
        let kid = Array(try #require(own["kid"]?.string))
        let id = stride(from: 0, to: 8, by: 2).map { "%\(String(kid[$0...($0 + 1)]))" }.joined()
        let uri = made.token.uri().replacing("pkcs11:token=suishen", with: "pkcs11:token=suishen;id=\(id)")
        let document = folder("document")
        let new = try made.run(
            "suishen",
            [
                "root", "new", "--from", made.state, "--add-root", folder("root.pub"), "--threshold", "2", "--out",
                document,
            ])
        try #require(new.status == 0, "\(new)")
        let signed = try made.run("suishen", ["root", "sign", document, "--key", uri, "--out", folder("copy")])
        #expect(signed.status == 0, "\(signed)")
        let other = try made.run(
            "suishen", ["root", "sign", document, "--key", made.state + "/keys/root.pem", "--out", folder("own")])
        #expect(other.status == 0, "\(other)")
        let joined = try made.run("suishen", ["root", "join", folder("copy"), folder("own"), "--state", made.state])
        #expect(joined.status == 0, "\(joined)")
        let pin = uri.replacing("pin-source=file:\(made.token.folder("pin"))", with: "pin-value=\(SoftToken.pin)")
        let refused = try made.run("suishen", ["root", "sign", document, "--key", pin, "--out", folder("no")])
        #expect(refused.diagnostics.contains("[token_uri_invalid]") && !refused.diagnostics.contains(SoftToken.pin))
        #expect(!ProjectFiles.exists(folder("no")))
    }

    @Test("is not made where the token cannot be used, and leaves nothing behind")
    func notMade() throws {
        let token = try SoftToken("suishen")
        let folder = try ScratchFolder()
        let words = [
            token.variable, "\(HTTPDaemon.binaries)/suishen", "init", "--state", folder("state"), "--token",
            token.uri(pin: "wrong"),
        ]
        try token.folder.write(Array("9999999".utf8), to: "wrong", mode: 0o400)
        let outcome = try Program(path: "/usr/bin/env").run(words)
        #expect(outcome.status != 0 && outcome.diagnostics.contains("[token_pin_refused]"), "\(outcome)")
        #expect(!outcome.diagnostics.contains("9999999"))
        #expect(!ProjectFiles.exists(folder("state")) && !ProjectFiles.exists(folder("state.beat")))
        #expect(try !token.listing().contains("Private Key Object"))
    }
}
