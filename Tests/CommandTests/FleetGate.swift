import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

/// An issuer that publishes its tree, and gates that are enrolled there and fetch from it.
struct FleetGate {
    static let start: UInt64 = 1_790_000_000
    static let day: UInt64 = 86_400

    let issuer: SuishenRun
    let server: TreeServer
    let clock: SetClock
    let person: String
    private let rootDigest: String

    init(suite: String = "ed25519") throws {
        (server, clock) = try (TreeServer(), SetClock(at: Self.start))
        issuer = try SuishenRun(suite: suite, at: Self.start)
        person = try issuer.subject([
            "person", "register", "--resident-id", SuishenRun.residentID, "--transit", "0123456789abcdef01234567",
        ])
        let answer = try issuer.answer(["publish", "--out", server.tree("gates"), "--at", "\(Self.start)"])
        rootDigest = try #require(answer["rootDigest"]?.string)
    }

    func bundle(_ name: String) -> String { issuer.folder("bundle-\(name)") }
    func state(_ name: String) -> String { issuer.folder("state-\(name)") }
    func keys(_ name: String) throws -> GateKeys { try #require(try GateKeys(in: state(name))) }

    @discardableResult
    func publish(at time: UInt64 = start) throws -> JSONValue {
        try issuer.answer(["publish", "--out", server.tree("gates"), "--at", "\(time)"])
    }

    /// Where a gate's sealed keys lie in the tree.
    func published(_ name: String) throws -> String {
        server.tree("gates/\(SealedEpochKeys.path(of: try keys(name).gate))")
    }

    /// Enrols and registers a gate, and fetches its first keys.
    func enrol(_ name: String) throws {
        unsafe mkdir(bundle(name), 0o755)
        try #require(sync(name, "--root", rootDigest).status == 0)
        let outcome = try verify([
            "enrol", "--bundle", bundle(name), "--name", name, "--state", state(name), "--root", rootDigest,
        ])
        try #require(outcome.status == 0, "\(outcome)")
        let file = try issuer.folder.write(Array(outcome.output.utf8), to: "\(name).json")
        try issuer.answer(["gate", "register", file, "--scene", "metro-gate", "--site", "hall", "--domain", "transit"])
        try publish()
        let first = try sync(name)
        try #require(first.result?["keys"] == "taken", "\(first)")
    }

    func verify(
        _ words: [String], killedAt step: Int? = nil, by killSwitch: KillSwitch? = nil
    ) throws -> Program.Outcome {
        let first = step.flatMap { step in killSwitch?.words(at: step, clock) } ?? Array(clock.words.dropFirst())
        return try Program(path: "/usr/bin/env").run(first + [Program("verify").path] + words)
    }

    func syncWords(bundle: String, state: String) -> [String] {
        ["sync", "--bundle", bundle, "--state", state, "--from", server.address + "/gates"]
    }

    func sync(_ name: String, _ options: String...) throws -> Program.Outcome {
        try verify(syncWords(bundle: bundle(name), state: state(name)) + options)
    }

    /// The code of a gate's verdict on a holder's code of now.
    func code(bundle: String, state: String, at time: UInt64) throws -> String? {
        let text = try issuer.answer(["issue", person, "--kind", "timed", "--at", "\(time)"])["text"]?.string ?? ""
        let run = try VerifyRun(
            "--bundle \(bundle) --state \(state) --scene metro-gate --text '\(text)'", clock: clock)
        if run.code != "ok" { print("the gate says", run.lines) }
        return run.code
    }

    func code(_ name: String, at time: UInt64 = start) throws -> String? {
        try code(bundle: bundle(name), state: state(name), at: time)
    }

    /// Begins the renewal of a gate's receiving key, and gives the request's file.
    func renewed(_ name: String) throws -> String {
        let outcome = try verify(["renew-key", "--state", state(name)])
        try #require(outcome.status == 0, "\(outcome)")
        return try issuer.folder.write(Array(outcome.output.utf8), to: "\(name)-rekey.json")
    }

    /// Whether any of a gate's present keys opens a file of sealed keys.
    func opens(_ bytes: [UInt8], _ state: String) throws -> Bool {
        let keys = try #require(try GateKeys(in: state))
        let sealed = try SealedEpochKeys.published(bytes).keys
        return (try? sealed.opened(by: keys)) != nil
    }
}
