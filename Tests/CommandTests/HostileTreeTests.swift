import Credential
import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

/// Every test begins with a generation that was fetched, and ends with the same one.
@Suite("A hostile server of a published tree")
struct HostileTreeTests {
    private let synced: SyncedGate

    init() throws {
        synced = try SyncedGate()
        try synced.publish(version: 5, listTime: VerifyGate.start + 10)
        let outcome = try synced.sync("--root", synced.gate.rootDigest)
        try #require(outcome.status == 0, "\(outcome)")
    }

    private func isRefused(_ code: String, status: Int32 = 1, _ options: String...) throws {
        let seen = try ProjectFiles.bytes("\(synced.state)/seen.cbor")
        let outcome = try synced.sync(options)
        #expect(outcome.status == status && outcome.errorCode == code, "\(outcome)")
        #expect(outcome.output == "" && outcome.diagnostics.contains("verify: hint: "))
        #expect(synced.current() == "generations/1")
        #expect(try synced.names(in: "generations") == ["1"])
        #expect(try ProjectFiles.bytes("\(synced.state)/seen.cbor") == seen)
        #expect(try synced.acceptedVersion() == 5)
    }

    @Test("cannot bring an old bundle back")
    func oldBundle() throws {
        try synced.publish(version: 4, listTime: VerifyGate.start + 10)
        try isRefused("bundle_rollback")
    }

    @Test("cannot bring an old bundle back where the state has been lost")
    func oldBundleWithoutState() throws {
        try synced.publish(version: 4, listTime: VerifyGate.start + 10)
        let words = synced.words(state: synced.scratch("other"))
        let other = try Program(path: "/usr/bin/env").run(words)
        #expect(other.status == 1 && other.errorCode == "bundle_rollback", "\(other)")
        #expect(synced.current() == "generations/1")
    }

    @Test("cannot bring an old list back")
    func oldList() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 9)
        try isRefused("status_unknown")
    }

    @Test("cannot mix a bundle with lists that are older than it says")
    func mixed() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 10, listTimeMin: VerifyGate.start + 12)
        try isRefused("status_unknown")
    }

    @Test("cannot give one version two contents")
    func equalVersion() throws {
        try synced.publish(version: 5, listTime: VerifyGate.start + 10, issuedAt: VerifyGate.start + 1)
        try isRefused("bundle_rollback")
    }

    @Test("cannot bring a bundle that another root signed")
    func foreignRoot() throws {
        let other = try SigningKey.generate(.ed25519)
        try synced.publish(version: 6, listTime: VerifyGate.start + 10, by: other)
        try synced.server.tree.write(other.verificationKey.pem(), to: BundleExport.rootName)
        try isRefused("bad_signature")
    }

    @Test("cannot name another root to a first fetch")
    func foreignFirstRoot() throws {
        let other = try SigningKey.generate(.ed25519)
        try synced.publish(version: 6, by: other)
        try synced.server.tree.write(other.verificationKey.pem(), to: BundleExport.rootName)
        let bundle = synced.scratch("fresh")
        unsafe mkdir(bundle, 0o755)
        let words = synced.words(
            ["--root", synced.gate.rootDigest], in: bundle, state: synced.scratch("fresh-state"))
        let outcome = try Program(path: "/usr/bin/env").run(words)
        #expect(outcome.status == 1 && outcome.errorCode == "root_differs", "\(outcome)")
    }

    @Test("cannot bring a list that its own key signed")
    func foreignList() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 10, listKey: try SigningKey.generate(.ed25519))
        try isRefused("status_unknown")
    }

    @Test("cannot close the gate for good by material that is dated ahead")
    func ahead() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 10, issuedAt: VerifyGate.start + 100_000)
        try isRefused("clock_before_bundle")
        try synced.publish(version: VerifyGate.now + 100_000, listTime: VerifyGate.start + 10)
        try isRefused("clock_before_bundle")
        try synced.publish(version: 6, listTime: VerifyGate.start + 100_000)
        try isRefused("clock_before_bundle")
    }

    @Test(
        "cannot make a fetch wait, or fill the memory",
        arguments: [
            (TreeServer.Behavior.drips, "timed_out", Int32(75)), (.hangs, "timed_out", 75), (.floods, "too_large", 1),
            (.redirects, "redirected", 1), (.redirectsHome, "redirected", 1), (.fails, "server_unavailable", 75),
            (.busy, "server_unavailable", 75), (.truncates, "closed", 75), (.saysMore, "closed", 75),
            (.noHTTP, "malformed_response", 1),
        ])
    func behavior(behavior: TreeServer.Behavior, code: String, status: Int32) throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 11)
        let list = BundleExport.path(of: .init(issuer: "SH", form: .object, day: nil))
        for path in [BundleExport.bundleName, list] {
            try synced.server.treat(path, behavior)
            let timeout = code == "timed_out" ? "1" : behavior == .floods ? "60" : "20"
            try isRefused(code, status: status, "--timeout", timeout)
        }
        try synced.server.treat("*", .honest)
        #expect(try synced.sync().status == 0)
        #expect(try synced.acceptedVersion() == 6)
    }

    @Test("cannot pass a bundle or list of which it leaves a part out", arguments: [BundleExport.bundleName, "list"])
    func shortened(file: String) throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 11)
        let list = BundleExport.path(of: .init(issuer: "SH", form: .object, day: nil))
        try synced.server.treat(file == "list" ? list : file, .saysLess)
        // The rest of an answer may also be taken for the next one on the connection.
        let outcome = try synced.sync()
        let codes = ["malformed_response", file == "list" ? "status_unknown" : "bundle_unreadable"]
        #expect(outcome.status == 1 && codes.contains(outcome.errorCode ?? ""), "\(outcome)")
        #expect(synced.current() == "generations/1")
        #expect(try synced.acceptedVersion() == 5)
    }

    @Test("cannot mix generations by saying of a list that it has not changed")
    func staleAnswer() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 12, listTimeMin: VerifyGate.start + 12)
        try synced.server.treat(BundleExport.path(of: .init(issuer: "SH", form: .object, day: nil)), .stale)
        try isRefused("status_unknown")
    }

    @Test("cannot hand out a bundle without one of its lists")
    func missingList() throws {
        try synced.publish(version: 6, listTime: VerifyGate.start + 11)
        unsafe unlink(synced.server.tree(BundleExport.path(of: .init(issuer: "SH", form: .object, day: nil))))
        try isRefused("file_missing")
    }
}
