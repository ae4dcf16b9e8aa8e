import Credential
import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("Epoch keys sealed to one gate")
struct SealedKeysTests {
    private static let start: UInt64 = 1_790_000_000
    private static let day: UInt64 = 86_400
    private static let epochKeyDays: UInt64 = 4

    private let issuer: SuishenRun
    private let person: String
    private var bundle: String { issuer.folder("bundle") }

    init(suite: String) throws {
        issuer = try SuishenRun(suite: suite, at: Self.start)
        person = try issuer.subject([
            "person", "register", "--resident-id", SuishenRun.residentID, "--transit", "0123456789abcdef01234567",
        ])
        try export(at: Self.start)
        unsafe mkdir(issuer.folder("bundle/keys"), 0o755)
    }

    init() throws { try self.init(suite: "ed25519") }

    private func export(at time: UInt64) throws {
        try issuer.answer(["bundle", "export", "--out", bundle, "--at", "\(time)"])
    }

    private func state(_ name: String) -> String { issuer.folder("state-\(name)") }

    /// Enrols and registers a gate, and gives its identifier.
    private func enrolled(_ name: String, _ domains: [String] = ["--domain", "transit"]) throws -> String {
        let outcome = try Program("verify").run([
            "enrol", "--bundle", bundle, "--name", name, "--state", state(name),
        ])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        let file = try issuer.folder.write(Array(outcome.output.utf8), to: "\(name).json")
        let order = ["gate", "register", file, "--scene", "metro-gate", "--site", "hall"] + domains
        return try #require(try issuer.answer(order)["gate"]?.string)
    }

    private func file(_ gate: String) -> String { issuer.folder("bundle/keys/\(gate)") }

    private func seal(_ gate: String, at time: UInt64) throws {
        try issuer.answer(["gate", "keys", gate, "--out", file(gate), "--at", "\(time)"])
    }

    /// The gate's verdict on a code of one time.
    private func verdict(_ name: String, at time: UInt64) throws -> JSONValue {
        let code = try issuer.answer(["issue", person, "--kind", "timed", "--at", "\(time)"])["text"]?.string ?? ""
        let outcome = try Program("verify").run([
            "--bundle", bundle, "--scene", "metro-gate", "--state", state(name), "--text", code, "--at", "\(time)",
        ])
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)
    }

    /// Whether the gate decides nothing, and says why its sealed keys are refused.
    private func isShut(_ name: String, _ code: String, at time: UInt64 = start) throws -> Bool {
        let verdict = try verdict(name, at: time)
        let holds =
            verdict["verdict"] == "undecided" && verdict["warnings"]?.array?.contains(.string(code)) == true
        if !holds { print("expected \(code):", verdict) }
        return holds
    }

    @Test("open a holder's seals, and stay sealed on the disk", arguments: ["ed25519", "es256", "sm2"])
    func open(suite: String) throws {
        let other = try SealedKeysTests(suite: suite)
        let gate = try other.enrolled("a")
        #expect(try other.verdict("a", at: Self.start)["code"] == "bundle_unreadable")
        try other.seal(gate, at: Self.start)
        let verdict = try other.verdict("a", at: Self.start)
        #expect(verdict["code"] == "ok" && verdict["warnings"] == [], "\(verdict)")
        // The keys themselves, as an export in clear has them, are in no file of the gate.
        try other.issuer.answer([
            "bundle", "export", "--out", other.issuer.folder("clear"), "--domain", "transit", "--at", "\(Self.start)",
        ])
        let keys = try EpochKeyFile(ProjectFiles.bytes(other.issuer.folder("clear/\(EpochKeyFile.name)")))
        #expect(keys.entries.count == 5)
        for path in [other.file(gate)] + ["seen.cbor", GateKeys.signingName].map({ other.state("a") + "/" + $0 }) {
            let hex = Hex.encode(try ProjectFiles.bytes(path))
            for entry in keys.entries { #expect(!hex.contains(Hex.encode(entry.key.bytes)), "\(path)") }
        }
    }

    @Test("of another gate are refused, and do not open without that gate's key")
    func foreign() throws {
        let (first, second) = (try enrolled("a"), try enrolled("b"))
        try seal(first, at: Self.start)
        try seal(second, at: Self.start)
        #expect(try verdict("b", at: Self.start)["code"] == "ok")
        unsafe system("cp '\(file(first))' '\(file(second))'")
        #expect(try isShut("b", "keys_foreign"))
        unsafe system("cp '\(state("b"))/\(GateKeys.receivingName)' '\(issuer.folder("kept"))'")
        try seal(second, at: Self.start)
        unsafe system("cp -f '\(state("a"))/\(GateKeys.receivingName)' '\(state("b"))/\(GateKeys.receivingName)'")
        #expect(try isShut("b", "keys_unusable"))
    }

    @Test("are refused with any byte altered, or cut")
    func altered() throws {
        let gate = try enrolled("a")
        try seal(gate, at: Self.start)
        let bytes = try ProjectFiles.bytes(file(gate))
        for index in stride(from: 0, to: bytes.count, by: 37) {
            var changed = bytes
            changed[index] ^= 1
            try issuer.folder.write(changed, to: "bundle/keys/\(gate)")
            let verdict = try verdict("a", at: Self.start)
            let warnings = verdict["warnings"]?.array ?? []
            #expect(verdict["verdict"] == "undecided", "\(index)")
            #expect(warnings.contains("keys_unusable") || warnings.contains("keys_bad_signature"), "\(index)")
        }
        try issuer.folder.write(Array(bytes.dropLast()), to: "bundle/keys/\(gate)")
        #expect(try isShut("a", "keys_unusable"))
        try issuer.folder.write(bytes, to: "bundle/keys/\(gate)")
        #expect(try verdict("a", at: Self.start)["code"] == "ok")
    }

    @Test("by another signer are refused, and a bundle does not pass for them")
    func signer() throws {
        let gate = try enrolled("a")
        try seal(gate, at: Self.start)
        let request = try GateRequest(ProjectFiles.bytes(issuer.folder("a.json")))
        let keys = EpochKeyFile(
            entries: [
                .init(
                    issuer: "SH", domain: .transit, day: Self.start / Self.day,
                    key: try #require(EpochKey(bytes: [UInt8](repeating: 1, count: 32))))
            ])
        let forged = try SealedEpochKeys.signed(
            keys, for: request.gate, sealedTo: request.receivingKey, issuedAt: Self.start + 9,
            by: SigningKey.generate(.ed25519))
        try issuer.folder.write(forged, to: "bundle/keys/\(gate)")
        #expect(try isShut("a", "keys_bad_signature"))
        unsafe system("cp '\(bundle)/bundle.cbor' '\(file(gate))'")
        #expect(try isShut("a", "keys_unusable"))
    }

    @Test("that are older than the newest which the gate has seen are refused")
    func rollback() throws {
        let gate = try enrolled("a")
        try seal(gate, at: Self.start)
        let old = try ProjectFiles.bytes(file(gate))
        try seal(gate, at: Self.start)
        let clock = try SetClock(at: Self.start + 2)
        let code = try issuer.answer(["issue", person, "--kind", "timed", "--at", "\(Self.start)"])["text"]?.string
        let first = try VerifyRun(
            "--bundle \(bundle) --scene metro-gate --state \(state("a")) --text '\(#require(code))'", clock: clock)
        #expect(first.code == "ok", "\(first.lines)")
        try issuer.folder.write(old, to: "bundle/keys/\(gate)")
        #expect(try isShut("a", "keys_rollback"))
    }

    @Test("that are dated ahead of the clock are not used, and nothing of them is remembered")
    func ahead() throws {
        let gate = try enrolled("a")
        try seal(gate, at: Self.start + 3600)
        #expect(try isShut("a", "keys_ahead"))
        let clock = try SetClock(at: Self.start)
        let code = try #require(
            issuer.answer(["issue", person, "--kind", "timed", "--at", "\(Self.start)"])["text"]?.string)
        let options = "--bundle \(bundle) --scene metro-gate --state \(state("a")) --text '\(code)'"
        let early = try VerifyRun(options, clock: clock)
        #expect(early.status == 2 && early.lines.first?["warnings"]?.array?.contains("keys_ahead") == true)
        #expect(try verdict("a", at: Self.start + 3600)["code"] == "ok")
        try clock.set(Self.start + 3600)
        let late = try VerifyRun(options, clock: clock)
        #expect(late.lines.first?["warnings"]?.array?.contains("keys_ahead") == false, "\(late.lines)")
    }

    @Test("are made for active gates with a domain alone, each with a line in the trail")
    func refused() throws {
        let (gate, other) = (try enrolled("a"), try enrolled("b", []))
        let order = { ["gate", "keys", $0, "--out", issuer.folder("out")] }
        #expect(try issuer.isRefused(order(other), code: "gate_without_domains"))
        #expect(try issuer.isRefused(order(String(repeating: "0", count: 32)), code: "gate_unknown"))
        try issuer.answer(["gate", "suspend", gate])
        #expect(try issuer.isRefused(order(gate), code: "gate_suspended"))
        #expect(!ProjectFiles.exists(issuer.folder("out")))
        try issuer.answer(["gate", "resume", gate])
        try issuer.answer(order(gate))
        #expect(try issuer.run(["audit"]).output.split(separator: "\n").count { $0.contains("gate.keys") } == 1)
        try issuer.answer(["gate", "revoke", gate])
        #expect(try issuer.isRefused(order(gate), code: "gate_revoked"))
    }

    @Test("open nothing at a stolen gate from epochKeyDays after it was revoked, with every file and key in hand")
    func stolen() throws {
        let (stolen, kept) = (try enrolled("stolen"), try enrolled("kept"))
        try seal(stolen, at: Self.start)
        try issuer.answer(["gate", "revoke", stolen, "--at", "\(Self.start)"])
        for day in 0...Self.epochKeyDays + 2 {
            let time = Self.start + day * Self.day
            try export(at: time)
            try seal(kept, at: time)
            #expect(
                try issuer.isRefused(["gate", "keys", stolen, "--out", issuer.folder("out")], code: "gate_revoked"))
            #expect(try verdict("kept", at: time)["code"] == "ok", "day \(day)")
            let verdict = try verdict("stolen", at: time)
            #expect((verdict["code"] == "ok") == (day < Self.epochKeyDays), "day \(day): \(verdict)")
            if day >= Self.epochKeyDays { #expect(verdict["verdict"] == "undecided", "day \(day)") }
        }
        // The thief's keys themselves: none is of a later day.
        let root = try VerificationKey(pem: ProjectFiles.bytes("\(bundle)/root.pem"))
        let chain = try RootChain(ProjectFiles.bytes("\(bundle)/roots.cbor"), root: root)
        let sealed = try SealedEpochKeys(
            ProjectFiles.bytes(file(stolen)), signedBy: BundleAuthority(chain, root: root))
        let keys = try #require(try GateKeys(in: state("stolen")))
        let days = try sealed.opened(by: keys).entries.map(\.day)
        #expect(days.max() == Self.start / Self.day + Self.epochKeyDays - 1 && days.count == 5)
    }
}
