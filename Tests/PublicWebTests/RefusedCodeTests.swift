import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A code that is not as it was issued")
struct RefusedCodeTests {
    private static let html = ["Accept": "text/html", "Accept-Language": "en"]
    private let installation: WebInstallation

    init() throws {
        installation = try WebInstallation()
    }

    private func code(_ answer: WireAnswer) throws -> String? {
        try JSONValue.parse(answer.body, byteCountMax: 1 << 16)["error"]?["code"]?.string
    }

    @Test("is refused with status 400 for one flipped bit in every byte, and never called genuine")
    func flipped() throws {
        let path = try installation.path(of: try installation.object())
        let bytes = try Base32.decode(path.dropFirst(3))
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            let answer = try installation.get("/O/" + Base32.encode(changed), Self.html)
            #expect(answer.status == 400, "byte \(place): \(answer.status)")
            #expect(!answer.text.contains("data-tone=\"good\""))
        }
        #expect(try installation.get(path, Self.html).text.contains("data-tone=\"good\""))
    }

    @Test("is refused for every changed letter of the path, and for a path cut short")
    func letters() throws {
        let path = try installation.path(of: try installation.object())
        let letters = Array(path)
        for place in stride(from: 3, to: letters.count, by: 7) {
            var changed = letters
            changed[place] = changed[place] == "A" ? "B" : "A"
            #expect(try installation.get(String(changed), Self.html).status == 400, "letter \(place)")
        }
        for path in [
            String(path.dropLast()), String(path.dropLast(20)), path + "AA", "/O/", "/O/1", "/O/%41",
            "/E" + path.dropFirst(2),
        ] {
            let answer = try installation.get(path, Self.html)
            #expect([400, 404].contains(answer.status) && !answer.text.contains("data-tone=\"good\""), "\(path)")
        }
    }

    @Test("is told apart from a code of an unknown issuer, and from a genuine one without a record")
    func unknown() throws {
        let stranger = try WebInstallation(issuer: "BJ")
        let forger = try WebInstallation(issuer: "SH")
        let strange = try stranger.path(of: try stranger.object())
        let forged = try forger.path(of: try forger.object())
        let unknown = try installation.get(strange, Self.html)
        #expect(unknown.status == 404 && unknown.text.contains("Unknown issuer"))
        #expect(try code(try installation.get(strange, ["Accept": "application/json"])) == "unknown_issuer")
        let bad = try installation.get(forged, Self.html)
        #expect(bad.status == 400 && bad.text.contains("Wrong signature: perhaps forged"))
        #expect(try code(try installation.get(forged, ["Accept": "application/json"])) == "bad_signature")
        for path in ["/events", "/proof/0"] {
            #expect(try installation.get(forged + path).status == 400)
            #expect(try installation.get(strange + path).status == 404)
        }
    }

    @Test("is not called genuine once the hot list is gone, or an earlier tree was put back")
    func putBack() throws {
        let path = try installation.path(of: try installation.object())
        let copy = installation.folder("copy")
        for command in ["cp -a \(installation.folder("tree")) \(copy)", "cp -a \(copy) \(copy)-earlier"] {
            try #require(try Program(path: "/bin/sh").run(["-c", command]).status == 0)
        }
        let web = try WebProcess([
            "serve", "--socket", installation.socket, "--tree", copy, "--host", WebInstallation.host, "--listen",
            "127.0.0.1:0",
        ])
        func becomes(_ isMet: (WireAnswer) -> Bool) throws -> Bool {
            for _ in 0..<300 {
                if isMet(try web.get(path, Self.html)) { return true }
                usleep(100_000)
            }
            return false
        }
        #expect(try becomes { $0.text.contains("data-tone=\"good\"") })
        try #require(try Program(path: "/bin/sh").run(["-c", "rm \(copy)/status/hot"]).status == 0)
        #expect(try becomes { $0.status == 200 && $0.text.contains("Genuine, but perhaps revoked") })
        try #require(
            try Program(path: "/bin/sh").run(["-c", "cp -a \(copy)-earlier/status/hot \(copy)/status/hot"]).status == 0)
        #expect(try becomes { $0.text.contains("data-tone=\"good\"") })
        try installation.answer([
            "bundle", "export", "--out", installation.folder("newer"),
        ])
        let newer = ["cp", "-a", installation.folder("newer/bundle.cbor"), "\(copy)/bundle.cbor"]
        try #require(try Program(path: "/usr/bin/env").run(newer).status == 0)
        // A request that comes over a second after the last look at the tree looks again.
        for _ in 0..<30 {
            _ = try web.get(path, Self.html)
            usleep(100_000)
        }
        let earlier = ["cp", "-a", "\(copy)-earlier/bundle.cbor", "\(copy)/bundle.cbor"]
        try #require(try Program(path: "/usr/bin/env").run(earlier).status == 0)
        #expect(try becomes { $0.status == 503 && $0.text.contains("bundle_rollback") })
    }

    @Test("is not judged with a trust list that has ended or cannot be read")
    func undecided() throws {
        let path = try installation.path(of: try installation.object())
        let later = try installation.start(["--at", "4100000000"])
        let answer = try later.get(path, Self.html)
        #expect(answer.status == 503 && answer.text.contains("Cannot be checked now"))
        #expect(!answer.text.contains("data-tone=\"good\""))
        #expect(try later.get("/healthz").status == 503)
        let other = try installation.start(["--root", String(repeating: "0", count: 64)])
        #expect(try other.get(path, Self.html).status == 503)
        #expect(try code(try other.get(path, ["Accept": "application/json"])) == "root_differs")
    }
}
