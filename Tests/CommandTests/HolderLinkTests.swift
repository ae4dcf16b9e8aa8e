import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A medical and a transit code at a gate of a real issuer")
struct HolderLinkTests {
    /// An installation with a transit network, and the gate that it exports.
    private struct Issuer {
        /// The time of codes, bundles and gates, whenever the test runs and however long it takes.
        static let time = ["--at", "1790000000"]

        let installation: SuishenRun
        let insurer: MedicalAuthority
        private let network = Program("transit-issuer")

        init() throws {
            installation = try SuishenRun(at: 1_790_000_000)
            insurer = try MedicalAuthority([])
            #expect(try network.run(["init", "--out", installation.folder("network"), "--epoch", "2000"]).status == 0)
            let description = try ProjectFiles.bytes(installation.folder("network/network.json"))
            try installation.folder.write(description, to: "state/transit-network.json")
        }

        var socket: String { installation.folder("state/run/suishend.sock") }

        func transit(_ account: String) throws -> (text: String, identifier: String) {
            let run = try network.run(["code", installation.folder("network"), "--account", account] + Self.time)
            let answer = try JSONValue.parse(Array(run.output.utf8), byteCountMax: 1 << 16)
            return (try #require(answer["text"]?.string), try #require(answer["transit"]?.string))
        }

        func register(transit: String) throws {
            try installation.answer([
                "person", "register", "--resident-id", SuishenRun.residentID, "--medical",
                Hex.encode(MedicalAuthority.insuredId), "--transit", transit,
            ])
        }

        func export(_ domains: [String]) throws {
            let words = ["bundle", "export", "--out", installation.folder("bundle")] + Self.time
            try installation.answer(words + domains.flatMap { ["--domain", $0] })
        }

        func scan(_ transit: String, _ options: String = "") throws -> VerifyRun {
            let window = "[\"\(MedicalAuthority.code)\",\"\(transit)\"]"
            return try VerifyRun(
                "--bundle \(installation.folder("bundle")) --scene hospital-shuttle --link \(insurer.address) "
                    + "--text '\(window)' \(Self.time.joined(separator: " ")) \(options)")
        }

        /// The verdict with a running daemon; asks again, because a daemon on a busy machine may answer too late.
        func answered(_ transit: String) throws -> String? {
            for _ in 0..<20 {
                let code = try scan(transit, "--socket \(socket)").code
                if code != "link_unavailable" { return code }
            }
            return "link_unavailable"
        }
    }

    @Test("are one holder's by the bundle's table, and a stranger's are not")
    func byTable() throws {
        let issuer = try Issuer()
        let (own, other) = try (issuer.transit("01020304050607080910"), issuer.transit("99999999999999999999"))
        try issuer.register(transit: own.identifier)
        try issuer.export(["medical", "transit"])
        let run = try issuer.scan(own.text)
        #expect(run.code == "ok" && run.lines.first?["fused"]?["transit"]?["id"]?.string == own.identifier)
        #expect(try issuer.scan(other.text).code == "holder_mismatch")
    }

    @Test("are one holder's by the daemon's answer when the link is newer than the bundle")
    func bySocket() throws {
        let issuer = try Issuer()
        let (own, other) = try (issuer.transit("01020304050607080910"), issuer.transit("99999999999999999999"))
        try issuer.export(["medical", "transit"])
        try issuer.register(transit: own.identifier)
        #expect(try issuer.scan(own.text).code == "holder_mismatch")
        #expect(try issuer.scan(own.text, "--socket \(issuer.socket)").code == "link_unavailable")
        let daemon = try RunningProgram("suishend", ["--state", issuer.installation.folder("state")])
        try RunningProgram.waitForSocket(issuer.socket)
        #expect(try issuer.answered(own.text) == "ok")
        #expect(try issuer.answered(other.text) == "holder_mismatch")
        daemon.end(SIGTERM)
    }

    @Test("bring table and network only into the bundle of a gate with both domains")
    func leastAuthority() throws {
        let issuer = try Issuer()
        let own = try issuer.transit("01020304050607080910")
        try issuer.register(transit: own.identifier)
        try issuer.export(["medical"])
        #expect(try issuer.scan(own.text).code == "unknown_issuer")
        try issuer.export(["transit"])
        #expect(try issuer.scan(own.text).code == "holder_mismatch")
    }
}
