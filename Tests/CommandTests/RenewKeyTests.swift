import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

@Suite("The change of a gate's receiving key")
struct RenewKeyTests {
    private static let start = FleetGate.start
    private let fleet: FleetGate

    init() throws {
        fleet = try FleetGate()
        try fleet.enrol("a")
    }

    private func names(_ state: String) throws -> Set<String> {
        let listing = try Program(path: "/bin/ls").run(["-A", state])
        return Set(listing.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("gate") })
    }

    private static let settled: Set<String> = [GateKeys.signingName, GateKeys.receivingName]

    @Test("leaves an archive of every file so far shut", arguments: ["ed25519", "es256", "sm2"])
    func whole(suite: String) throws {
        let fleet = suite == "ed25519" ? fleet : try FleetGate(suite: suite)
        if suite != "ed25519" { try fleet.enrol("a") }
        var archive = [try ProjectFiles.bytes(fleet.published("a"))]
        let copied = try fleet.keys("a")
        try fleet.publish(at: Self.start + FleetGate.day)
        archive.append(try ProjectFiles.bytes(fleet.published("a")))
        let request = try fleet.renewed("a")
        #expect(try fleet.code("a") == "ok")
        let again = try ProjectFiles.bytes(fleet.renewed("a"))
        // One new key, however often the request is printed.
        let first = try JSONValue.parse(Array(again), byteCountMax: 4096)
        let next = try fleet.keys("a").nextReceiving?.publicKey.spki
        #expect(next != nil && first["receivingKey"]?.string.flatMap { try? Base64.decode($0) } == next)
        let answer = try fleet.issuer.answer(["gate", "rekey", request])
        #expect(try fleet.issuer.answer(["gate", "rekey", request]) == answer)
        #expect(try fleet.code("a") == "ok")
        try fleet.clock.set(Self.start + FleetGate.day)
        try fleet.publish(at: Self.start + FleetGate.day + 1)
        let new = try ProjectFiles.bytes(fleet.published("a"))
        #expect(!archive.contains(new))
        #expect(try archive.allSatisfy { try fleet.opens($0, fleet.state("a")) })
        let outcome = try fleet.sync("a")
        #expect(outcome.status == 0 && outcome.result?["keys"] == "taken", "\(outcome)")
        #expect(try names(fleet.state("a")) == Self.settled)
        #expect(try fleet.code("a", at: Self.start + FleetGate.day) == "ok")
        // With the newest key in hand, nothing opens that was published before.
        #expect(try fleet.opens(new, fleet.state("a")))
        for bytes in archive { #expect(try !fleet.opens(bytes, fleet.state("a"))) }
        let sealed = try SealedEpochKeys.published(new).keys
        #expect(throws: BundleError.self) { try sealed.opened(by: copied) }
        let line = try #require(
            try fleet.issuer.run(["audit"]).output.split(separator: "\n").first { $0.contains("gate.rekey") })
        #expect(line.contains(try #require(answer["fingerprint"]?.string)))
    }

    @Test("also happens where the file is copied by hand, at the gate's first look at it")
    func byHand() throws {
        let old = try ProjectFiles.bytes(fleet.published("a"))
        try fleet.issuer.answer(["gate", "rekey", try fleet.renewed("a")])
        let gate = try fleet.keys("a").gate
        unsafe mkdir("\(fleet.bundle("a"))/keys", 0o755)
        let current = try Program(path: "/bin/sh").run([
            "-c", "cd '\(fleet.bundle("a"))' && cp -r current/* . && rm -rf current generations keys/*",
        ])
        try #require(current.status == 0)
        try fleet.issuer.answer([
            "gate", "keys", gate.text, "--out", "\(fleet.bundle("a"))/keys/\(gate.text)", "--at", "\(Self.start + 1)",
        ])
        #expect(try fleet.code("a") == "ok")
        #expect(try names(fleet.state("a")) == Self.settled)
        #expect(try !fleet.opens(old, fleet.state("a")))
        #expect(try fleet.code("a") == "ok")
    }

    @Test("is refused for a revoked or unknown gate, an old request, and one that another key signed")
    func refused() throws {
        let old = try fleet.renewed("a")
        let keys = try fleet.keys("a")
        func file(_ request: UnverifiedRekeyRequest) throws -> String {
            try fleet.issuer.folder.write(Array(request.json.encoded().utf8), to: "request.json")
        }
        func refusal(_ path: String, _ code: String) throws -> Bool {
            try fleet.issuer.isRefused(["gate", "rekey", path, "--at", "\(Self.start)"], code: code)
        }
        let other = try ReceivingKey.generate(for: .ed25519).publicKey
        let stranger = try SigningKey.generate(.ed25519)
        #expect(try refusal(file(.init(for: other, signedBy: stranger, issuedAt: Self.start)), "gate_unknown"))
        #expect(
            try refusal(
                file(.init(for: other, signedBy: keys.signing, issuedAt: Self.start + 2 * FleetGate.day)),
                "gate_request_old"))
        var value = try JSONValue.parse(ProjectFiles.bytes(old), byteCountMax: 4096).object?.members ?? []
        for index in value.indices where value[index].key == "iat" {
            value[index] = JSONObject.Member(key: "iat", value: .integer(Int64(Self.start) + 1))
        }
        let changed = try fleet.issuer.folder.write(
            Array(JSONValue.object(JSONObject(value)).encoded().utf8), to: "changed.json")
        #expect(try refusal(changed, "signature_invalid"))
        #expect(try refusal(fleet.issuer.folder.write(Array("{}".utf8), to: "empty.json"), "gate_request_invalid"))
        // A later request has been taken: the older one, of whoever kept it, brings its key back no more.
        try fleet.issuer.answer([
            "gate", "rekey", try file(.init(for: other, signedBy: keys.signing, issuedAt: Self.start + 60)),
        ])
        #expect(try refusal(old, "gate_request_old"))
        try fleet.issuer.answer(["gate", "revoke", keys.gate.text])
        let late = try UnverifiedRekeyRequest(
            for: try ReceivingKey.generate(for: .ed25519).publicKey, signedBy: keys.signing, issuedAt: Self.start + 90)
        #expect(try refusal(file(late), "gate_revoked"))
    }

    @Test("needs an enrolled gate")
    func notEnrolled() throws {
        unsafe mkdir(fleet.issuer.folder("empty"), 0o700)
        let outcome = try fleet.verify(["renew-key", "--state", fleet.issuer.folder("empty")])
        #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.diagnostics.contains("[bundle_unreadable]"))
        #expect(try names(fleet.issuer.folder("empty")).isEmpty)
    }

    @Test("is asked for by verify sync once the key is over a week old")
    func old() throws {
        func sync(at time: UInt64) throws -> Program.Outcome {
            try fleet.clock.set(time)
            try fleet.publish(at: time)
            return try fleet.sync("a")
        }
        func setAge(_ seconds: UInt64, at time: UInt64) {
            let times = [timespec](repeating: timespec(tv_sec: Int(time - seconds), tv_nsec: 0), count: 2)
            unsafe utimensat(AT_FDCWD, "\(fleet.state("a"))/\(GateKeys.receivingName)", times, 0)
        }
        let (first, second) = (Self.start + FleetGate.day, Self.start + 2 * FleetGate.day)
        setAge(GateKeys.receivingSecondsMax, at: first)
        let young = try sync(at: first)
        #expect(young.result?["keys"] == "taken" && young.diagnostics.isEmpty, "\(young)")
        setAge(GateKeys.receivingSecondsMax + 1, at: second)
        let old = try sync(at: second)
        #expect(old.result?["keys"] == "taken" && old.status == 0, "\(old)")
        #expect(old.diagnostics.contains("[receiving_key_old]") && old.diagnostics.contains("renew-key"))
    }

    @Test("that is killed at any instant leaves a gate that opens its keys, and no old key once it is done")
    func killed() throws {
        let killSwitch = try KillSwitch()
        let renewals = try killEverywhere(killSwitch, ["renew-key"]) { _, state in
            let again = try fleet.verify(["renew-key", "--state", state])
            #expect(again.status == 0, "\(again)")
        }
        let old = try ProjectFiles.bytes(fleet.published("a"))
        try fleet.issuer.answer(["gate", "rekey", try fleet.renewed("a")])
        try fleet.publish(at: Self.start + 1)
        let fetches = try killEverywhere(killSwitch, ["sync"]) { bundle, state in
            let again = try fleet.verify(fleet.syncWords(bundle: bundle, state: state))
            #expect(again.status == 0, "\(again)")
            #expect(try fleet.code(bundle: bundle, state: state, at: Self.start) == "ok")
            #expect(try names(state) == Self.settled)
            #expect(try !fleet.opens(old, state))
        }
        #expect(renewals > 3 && fetches > 20, "\(renewals) and \(fetches) steps")
    }

    /// Kills a command at every change that it makes, each time from the same folders, and asks the gate afterwards.
    private func killEverywhere(
        _ killSwitch: KillSwitch, _ words: [String], _ mended: (_ bundle: String, _ state: String) throws -> Void
    ) throws -> Int {
        for step in 1...400 {
            let scratch = try ScratchFolder()
            let (bundle, state) = (scratch("bundle"), scratch("state"))
            for (from, to) in [(fleet.bundle("a"), bundle), (fleet.state("a"), state)] {
                let copy = try Program(path: "/bin/cp").run(["-a", from, to])
                try #require(copy.status == 0, "\(copy)")
            }
            let command =
                words == ["sync"] ? fleet.syncWords(bundle: bundle, state: state) : words + ["--state", state]
            let outcome = try fleet.verify(command, killedAt: step, by: killSwitch)
            if outcome.status == 0 { return step - 1 }
            try #require(outcome.status == 128 + SIGKILL, "\(outcome)")
            let code = try fleet.code(bundle: bundle, state: state, at: Self.start)
            #expect(code == "ok", "killed at step \(step)")
            try mended(bundle, state)
        }
        return 400
    }
}
