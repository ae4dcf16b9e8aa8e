import Encoding
import Glibc
import TestSupport
import Testing

@Suite("Pictures of health certificates of ten countries")
struct HealthCertificatePictureTests {
    private static let folder = ProjectFiles.shared + "/vectors/dgc"
    private static let isPresent = ProjectFiles.exists(folder)
    /// The least number of vectors with a picture and its expected text (`EXPECTEDPICTUREDECODE`).
    private static let pictureCountMin = 60

    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    @Test("give the text that their makers state", .enabled(if: isPresent))
    func texts() throws {
        var paths: [String] = []
        var expected: [String] = []
        for path in try files(like: "*/2DCode/raw/*.json") {
            let vector = try JSONValue.parse(try ProjectFiles.bytes(path), byteCountMax: 1 << 20)
            guard vector["EXPECTEDRESULTS"]?["EXPECTEDPICTUREDECODE"]?.bool == true,
                let picture = vector["2DCODE"]?.string, !picture.isEmpty
            else { continue }
            paths.append(try scratch.write(Base64.decode(picture), to: "\(paths.count).png"))
            expected.append(try #require(vector["PREFIX"]?.string))
        }
        let outcome = try Program("verify").run(
            ["decode", "--paths"], input: Array((paths.joined(separator: "\n") + "\n").utf8))
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").map(String.init) == expected)
        #expect(expected.count >= Self.pictureCountMin)
        print("health certificates: \(expected.count) pictures read")
    }

    @Test("are verified as at a gate, under the certificate of their case", .enabled(if: isPresent))
    func verdicts() throws {
        for picture in try files(like: "*/png/*.png") {
            let name = try #require(picture.split(separator: "/").last).dropLast(4)
            let country = try #require(picture.split(separator: "/").dropLast(2).last)
            let vector = try JSONValue.parse(
                try ProjectFiles.bytes("\(Self.folder)/\(country)/2DCode/raw/\(name).json"), byteCountMax: 1 << 20)
            let certificate = try #require(vector["TESTCTX"]?["CERTIFICATE"]?.string)
            let trust = try scratch.write(Base64.decode(certificate), to: "trust.der")
            let outcome = try Program("verify").run(["--profile", "hcert", "--trust", trust, picture])
            let verdict = try JSONValue.parse(outcome.output.utf8, byteCountMax: 1 << 16)
            // The certificates of 2021 have expired; every other check passes.
            #expect(verdict["code"] == "expired" && outcome.status == 1, "\(picture): \(outcome.output)")
            let failed = verdict["stages"]?.array?.filter { $0["result"] != "ok" }.map { $0["stage"] }
            #expect(failed == ["expiration"], "\(picture)")
        }
    }

    @Test("have a verdict for every code in one picture, the worst as the exit status", .enabled(if: isPresent))
    func several() throws {
        let vector = try JSONValue.parse(
            try ProjectFiles.bytes("\(Self.folder)/AT/2DCode/raw/1.json"), byteCountMax: 1 << 20)
        let certificate = try #require(vector["TESTCTX"]?["CERTIFICATE"]?.string)
        let trust = try scratch.write(Base64.decode(certificate), to: "trust.der")
        let issuer = Program("transit-issuer")
        #expect(try issuer.run(["init", "--out", scratch("net")]).status == 0)
        let text = try #require(vector["PREFIX"]?.string)
        let made = try issuer.run([
            "code", scratch("net"), "--account", String(repeating: "0", count: 20), "--png", scratch("both.png"),
            "--beside", text,
        ])
        #expect(made.status == 0, "\(made.output)")
        let judged = ["--profile", "hcert", "--trust", trust, "--at", "1622600000"]
        let alone = try Program("verify").run(judged + ["--text", text])
        #expect(alone.status == 0, "\(alone.output)")
        let both = try Program("verify").run(judged + [scratch("both.png")])
        let verdicts = both.output.split(separator: "\n")
        #expect(both.status == 1 && verdicts.count == 2)
        #expect(verdicts.count { $0.hasPrefix(#"{"verdict":"accept""#) } == 1)
    }

    private func files(like pattern: String) throws -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob("\(Self.folder)/\(pattern)", 0, nil, &found) == 0 else { throw MissingFile(path: pattern) }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }
}
