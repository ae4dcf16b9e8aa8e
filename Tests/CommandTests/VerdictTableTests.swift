import Encoding
import Gate
import TestSupport
import Testing

@Suite("Every verdict of Gate.docc/Verdicts.md")
struct VerdictTableTests {
    /// The contract's verdicts and codes; an unlisted code or a missing row fails the test.
    static let contract: [(verdict: String, status: Int32, codes: Set<String>)] = [
        ("accept", 0, ["ok"]),
        (
            "reject", 1,
            [
                "malformed", "unsupported_version", "unknown_issuer", "algorithm_mismatch", "bad_signature",
                "key_not_for_this_use", "key_expired", "expired", "not_yet_valid", "revoked", "wrong_form",
                "wrong_scene", "presentation_missing", "bad_presentation", "stale", "from_future", "replayed",
                "challenge_mismatch", "no_entitlement", "holder_mismatch", "delegation_refused",
            ]
        ),
        (
            "undecided", 2,
            [
                "no_code", "unreadable", "bundle_expired", "bundle_rollback", "clock_before_bundle",
                "bundle_unreadable",
                "root_differs", "status_unknown", "link_unavailable", "input_unreadable",
            ]
        ),
    ]

    @Test(
        "is one line of JSON with its exit status, and one line for people, from the built command",
        arguments: VerdictRow.all)
    func rows(_ row: VerdictRow) throws {
        let expected = try #require(Self.contract.first { $0.codes.contains(row.code) })
        let gate = try VerifyGate()
        defer { gate.remove() }
        let run = try row.run(gate)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 1 && run.status == expected.status)
        let verdict = try JSONValue.parse(Array(run.output.utf8), byteCountMax: 1 << 20)
        #expect(verdict["code"]?.string == row.code && verdict["verdict"]?.string == expected.verdict)
        #expect(verdict["scene"]?.string == row.scene)
        for word in ["reason", "hint"] {
            #expect((verdict[word]?.string?.isEmpty == false) == (row.code != "ok"), "\(word)")
        }
        let plainGate = try VerifyGate()
        defer { plainGate.remove() }
        let plain = try row.run(plainGate, "--plain")
        #expect(plain.output.hasPrefix("\(expected.verdict) \(row.code)") && plain.status == expected.status)
    }

    @Test("has its row, and every code that can be printed is in the contract")
    func coverage() {
        let listed = Self.contract.map(\.codes).reduce(into: Set()) { $0.formUnion($1) }
        #expect(Set(VerdictCode.allCases.map(\.rawValue)) == listed)
        #expect(Set(VerdictRow.all.map(\.code)) == listed)
    }

    @Test("is one line for people, whatever text was scanned or given")
    func plainLine() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let authority = try MedicalAuthority([])
        let words = ["--bundle", gate.folder, "--scene", "hospital", "--at", "\(VerifyGate.now)", "--plain"]
        for shown in [
            ["--link", authority.address, "--text", MedicalAuthority.forgingCode],
            ["/nonexistent\naccept ok\u{1B}[2J\u{9B}2J\u{2028}\u{202E}.png"],
        ] {
            let run = try Program("verify").run(words + shown)
            #expect(run.status == 2 && run.output.hasPrefix("undecided ") && run.output.hasSuffix("\n"))
            let scalars = run.output.dropLast().unicodeScalars
            #expect(scalars.allSatisfy { !["\n", "\u{1B}", "\u{9B}", "\u{2028}", "\u{202E}"].contains($0) })
        }
    }

    @Test("has one line for each of several pictures, and the worst one is the exit status")
    func worst() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let scans = "\(ProjectFiles.fixtures)/scans"
        let options = "--bundle \(gate.folder) --scene metro-gate --at \(VerifyGate.now)"
        let run = try VerifyRun("\(options) \(scans)/grey.png \(scans)/empty.png \(scans)/grey.png")
        #expect(run.lines.map { $0["code"]?.string } == ["malformed", "no_code", "malformed"])
        #expect(run.status == 2)
        #expect(try VerifyRun("\(options) \(scans)/grey.png \(scans)/grey.jpg").status == 1)
    }
}
