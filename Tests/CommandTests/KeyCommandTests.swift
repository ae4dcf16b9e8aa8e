import Encoding
import TestSupport
import Testing

@Suite("The keys of an installation")
struct KeyCommandTests {
    private let run: SuishenRun
    private let object: String

    init() throws {
        run = try SuishenRun()
        object = try run.object()
    }

    private func issue() throws -> String {
        try #require(try run.answer(["issue", object])["text"]?.string)
    }

    /// A gate's verdict on a code, with the current bundle.
    private func verdict(_ text: String) throws -> VerifyRun {
        let bundle = run.folder("bundle")
        try run.answer(["bundle", "export", "--out", bundle])
        return try VerifyRun("--bundle \(bundle) --scene object-inspection --text \(text)")
    }

    private func activeKey(for use: String) throws -> String {
        let keys = try #require(try run.answer(["key", "list"])["keys"]?.array)
        let active = keys.filter { $0["status"] == "active" && $0["uses"]?.array?.contains(.string(use)) == true }
        return try #require(active.first?["kid"]?.string)
    }

    @Test("overlap: codes under the old key are accepted until it is struck, and then refused with their own reason")
    func overlap() throws {
        let old = try issue()
        #expect(try verdict(old).code == "ok")
        let oldKey = try activeKey(for: "object")
        let newKey = try #require(try run.answer(["key", "rotate"])["kid"]?.string)
        #expect(newKey != oldKey)
        let new = try issue()
        #expect(try verdict(old).code == "ok")
        #expect(try verdict(new).code == "ok")
        #expect(try run.answer(["key", "compromise", oldKey])["status"] == "compromised")
        let refusal = try verdict(old)
        #expect(refusal.code == "key_expired" && refusal.status == 1)
        #expect(refusal.lines.first?["warnings"]?.array?.contains("key_compromised") == true)
        #expect(try verdict(new).code == "ok")
    }

    @Test("of status lists are replaced without a gate losing its lists")
    func statusKey() throws {
        let old = try activeKey(for: "statuslist")
        let code = try issue()
        #expect(try run.answer(["key", "rotate", "status"])["kid"] != .string(old))
        #expect(try verdict(code).code == "ok")
        _ = try run.answer(["key", "compromise", old])
        #expect(try verdict(code).code == "ok")
        try run.answer(["revoke", object])
        #expect(try verdict(code).code == "revoked")
    }

    @Test("are refused when they sign, are unknown or have another role")
    func refusals() throws {
        let active = try activeKey(for: "object")
        #expect(try run.isRefused(["key", "retire", active], code: "key_in_use"))
        #expect(try run.isRefused(["key", "compromise", "00000000"], code: "key_unknown"))
        #expect(try run.isRefused(["key", "rotate", "root"], code: "key_role_unknown"))
    }

    @Test("leave their changes in the audit trail, and every code in its subject's history")
    func trail() throws {
        let kid = try #require(try run.answer(["key", "rotate"])["kid"]?.string)
        _ = try issue()
        try run.answer(["revoke", object])
        _ = try issue()
        let trail = try run.run(["audit"]).output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 4096)
        }
        #expect(
            trail.compactMap { $0["action"]?.string }
                == ["object.register", "key.rotate", "code.issue", "code.revoke", "code.issue", "audit.read"])
        #expect(trail.map { $0["number"]?.integer } == [1, 2, 3, 4, 5, 6])
        #expect(try run.run(["audit", "--subject", kid]).output.split(separator: "\n").count == 1)
        let codes = try run.run(["codes", object]).output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 4096)
        }
        #expect(codes.count == 2)
        #expect(codes.filter { $0["revokedAt"] != .null }.count == 1)
        #expect(codes.allSatisfy { $0["kid"] == .string(kid) })
    }
}
