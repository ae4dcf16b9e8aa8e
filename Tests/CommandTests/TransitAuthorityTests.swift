import Encoding
import Glibc
import TestSupport
import Testing

@Suite("An authority of the transit network")
struct TransitAuthorityTests {
    private static let now: UInt64 = 1_790_000_000
    private let run: SuishenRun
    private let description: JSONValue

    init() throws {
        run = try SuishenRun(at: Self.now)
        #expect(try Program("transit-issuer").run(["init", "--out", run.folder("network")]).status == 0)
        description = try JSONValue.parse(
            ProjectFiles.bytes(run.folder("network/network.json")), byteCountMax: 1 << 16)
    }

    /// Writes the operator's file with more members of its authority.
    private func write(_ limits: JSONObject, version: Int64? = nil) throws {
        var authority = try #require(description["authorities"]?.array?.first?.object)
        for member in limits.members { authority[member.key] = member.value }
        var network = try #require(description.object)
        network["authorities"] = [.object(authority)]
        network["version"] = version.map { .integer($0) }
        try run.folder.write(Array(JSONValue.object(network).encoded().utf8), to: "state/transit-network.json")
    }

    private func export(at time: UInt64 = now) -> [String] {
        ["bundle", "export", "--out", run.folder("bundle"), "--domain", "transit", "--at", "\(time)"]
    }

    private func verdict() throws -> VerifyRun {
        let made = try Program("transit-issuer").run([
            "code", run.folder("network"), "--account", "00112233445566778899", "--at", "\(Self.now)",
        ])
        let text = try #require(
            try JSONValue.parse(Array(made.output.utf8), byteCountMax: 1 << 16)["text"]?.string)
        // Every code here is one card's of one second.
        unsafe system("rm -rf \(run.folder("bundle/state"))")
        return try VerifyRun(
            "--bundle \(run.folder("bundle")) --scene metro-gate --at \(Self.now) --text '\(text)'")
    }

    @Test("vouches for codes from its start to its end, while it is not struck")
    func limits() throws {
        let now = Int64(Self.now)
        let rows: [(JSONObject, String)] = [
            ([:], "ok"), (["nbf": .integer(now), "exp": .integer(now + 1), "status": "active"], "ok"),
            (["exp": .integer(now)], "key_expired"), (["nbf": .integer(now + 1)], "key_not_for_this_use"),
            (["status": "compromised"], "key_expired"),
        ]
        for (limits, code) in rows {
            try write(limits)
            try run.answer(export())
            let verdict = try verdict()
            #expect(verdict.code == code && verdict.status == (code == "ok" ? 0 : 1), "\(limits)")
            let isStruck = limits["status"] == "compromised"
            #expect(verdict.lines.first?["warnings"]?.array?.contains("key_compromised") == isStruck)
        }
    }

    @Test("is not read with a misspelt or wrong limit")
    func misspelt() throws {
        for limits: JSONObject in [
            ["expires": 1], ["exp": "1"], ["exp": -1], ["nbf": .null], ["status": "revoked"], ["status": 1],
        ] {
            try write(limits)
            #expect(try run.isRefused(export(), code: "bundle_unreadable", status: 70), "\(limits)")
        }
    }

    @Test("does not come back with an older list, with other content of a version, or with a list that has no version")
    func olderList() throws {
        try write([:], version: 1)
        try run.answer(export())
        try write(["status": "compromised"], version: 2)
        try run.answer(export())
        #expect(try verdict().code == "key_expired")
        for version: Int64? in [1, nil] {
            try write([:], version: version)
            #expect(try run.isRefused(export(), code: "transit_network_old"))
            let check = try Program("suishend").run(["--state", run.folder("state"), "--check-config"])
            #expect(check.status != 0 && check.diagnostics.contains("[transit_network_old]"), "\(check)")
        }
        // The same version with other content, and again with its own.
        for limits: JSONObject in [[:], ["status": "compromised", "exp": 1]] {
            try write(limits, version: 2)
            #expect(try run.isRefused(export(), code: "transit_network_old"))
        }
        try write(["status": "compromised"], version: 2)
        try run.answer(export())
        #expect(try verdict().code == "key_expired")
        try write([:], version: 3)
        try run.answer(export(at: Self.now + 1))
        #expect(try verdict().code == "ok")
    }
}
