import Credential
import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

/// An installation with gates that keep receipts; every code is of one person with one phone.
struct SettledCity {
    static let start: UInt64 = 1_790_000_000
    static let day = SettlementDay(of: start)
    static let dayEnd = day.end + 60
    static let beacon = "8a1f36e06ab8ad2e7e2b2f2c5a4fbd3a"
    static let beaconTime = dayEnd + 3600

    let issuer: SuishenRun
    private let person: String
    private let phone: SigningKey
    private let credential: String

    init(suite: String = "ed25519") throws {
        issuer = try SuishenRun(suite: suite, at: Self.start)
        person = try issuer.person()
        try issuer.answer(["device", "keygen", "--out", issuer.folder("phone.pem"), "--algorithm", suite])
        phone = try SigningKey(contentsOf: issuer.folder("phone.pem"))
        credential = try #require(
            try issuer.answer([
                "issue", person, "--device-key", issuer.folder("phone.pub.pem"), "--at", "\(Self.start)",
            ])["text"]?.string)
        try issuer.answer(["bundle", "export", "--out", bundle, "--at", "\(Self.start)"])
    }

    var bundle: String { issuer.folder("bundle") }
    func receipts(_ gate: String) -> String { issuer.folder("receipts-\(gate)") }
    func state(_ gate: String) -> String { issuer.folder("state-\(gate)") }

    /// Enrols and registers a gate of the park.
    func enrol(_ gate: String) throws {
        let outcome = try Program("verify").run(["enrol", "--bundle", bundle, "--name", gate, "--state", state(gate)])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        let file = try issuer.folder.write(Array(outcome.output.utf8), to: "\(gate).json")
        try issuer.answer(["gate", "register", file, "--scene", "park", "--site", "gate of the park"])
    }

    func identifier(_ gate: String) throws -> String { try keys(gate).gate.text }

    func keys(_ gate: String) throws -> GateKeys { try #require(try GateKeys(in: state(gate))) }

    /// A showing of the credential at a time.
    func shown(_ time: UInt64) throws -> String {
        try PresentationMaker(text: credential).signed(by: phone, time: time, challenge: nil).text()
    }

    /// Showings of following seconds from `time` on.
    func showings(_ count: Int, from time: UInt64) throws -> [String] {
        try (0..<UInt64(count)).map { try shown(time + $0) }
    }

    func issued(_ kind: String, at time: UInt64) throws -> String {
        try #require(try issuer.answer(["issue", person, "--kind", kind, "--at", "\(time)"])["text"]?.string)
    }

    func scanWords(_ gate: String, at time: UInt64) -> [String] {
        [
            "--bundle", bundle, "--scene", "park", "--state", state(gate), "--receipts", receipts(gate), "--at",
            "\(time)",
        ]
    }

    /// The gate's verdicts on a stream of codes.
    func scan(_ gate: String, _ codes: [String], at time: UInt64) throws -> VerifyRun {
        let input = Array(codes.map { $0 + "\n" }.joined().utf8)
        return try VerifyRun(Program("verify").run(scanWords(gate, at: time) + ["--stream"], input: input))
    }

    func receiptsWords(_ gate: String, _ words: [String], at time: UInt64) -> [String] {
        ["receipts"] + words
            + ["--receipts", receipts(gate), "--state", state(gate), "--at", "\(time)"]
    }

    func receiptsRun(_ gate: String, _ words: [String], at time: UInt64 = dayEnd) throws -> Program.Outcome {
        try Program("verify").run(receiptsWords(gate, words, at: time))
    }

    func closeWords(_ gate: String) -> [String] {
        ["close", "--day", Self.day.text, "--out", issuer.folder("\(gate).closed")]
    }

    /// Closes the gate's day, and gives the path of the record.
    @discardableResult
    func close(_ gate: String) throws -> String {
        let outcome = try receiptsRun(gate, closeWords(gate))
        try #require(outcome.status == 0, "\(outcome)")
        return issuer.folder("\(gate).closed")
    }

    /// Closes and registers the day of gates.
    func register(_ gates: [String]) throws {
        for gate in gates {
            try issuer.answer(["settle", "register", try close(gate), "--at", "\(Self.dayEnd)"])
        }
    }

    func drawWords(_ count: Int, beaconTime: UInt64 = beaconTime) -> [String] {
        [
            "settle", "draw", "--day", Self.day.text, "--beacon", Self.beacon, "--beacon-time", "\(beaconTime)",
            "--count", "\(count)", "--at", "\(beaconTime + 1)",
        ]
    }

    /// Draws of every gate, and gives the file of draws.
    func draw(_ count: Int = 1000) throws -> String {
        let outcome = try issuer.run(drawWords(count))
        try #require(outcome.status == 0, "\(outcome)")
        return try issuer.folder.write(Array(outcome.output.utf8), to: "draws")
    }

    func openWords(_ gate: String, _ draws: String) -> [String] {
        ["open", "--draw", draws, "--out", issuer.folder("\(gate).openings")]
    }

    /// Answers a draw, and gives the path of the openings.
    func open(_ gate: String, _ draws: String) throws -> String {
        let outcome = try receiptsRun(gate, openWords(gate, draws), at: Self.beaconTime + 2)
        try #require(outcome.status == 0, "\(outcome)")
        return issuer.folder("\(gate).openings")
    }

    /// The counts of each gate's sample, by the gate's identifier.
    func check(_ draws: String, _ openings: [String]) throws -> [String: JSONValue] {
        let outcome = try issuer.run(
            ["settle", "check", "--draw", draws, "--openings"] + openings + ["--at", "\(Self.beaconTime + 3)"])
        let lines = try VerifyRun(outcome).lines
        for line in lines {
            let bad = ["invented", "altered", "doubled"].compactMap { line[$0]?.integer }.reduce(0, +)
            if bad > 0 { #expect(outcome.status == 1) }
        }
        return Dictionary(uniqueKeysWithValues: lines.compactMap { line in line["gate"]?.string.map { ($0, line) } })
    }

    /// The key to which gates seal receipts.
    func settlementKey() throws -> ReceivingPublicKey {
        let text = try #require(try issuer.answer(["settle", "key"])["settlementKey"]?.string)
        return try ReceivingPublicKey(spki: Base64.decode(text))
    }

    /// A receipt as a crooked operator makes it, with the gate's own software changed.
    func forged(
        _ code: String, time: UInt64, scene: String = "park", altering: ([UInt8]) -> [UInt8] = { $0 }
    ) throws -> ReceiptEntry {
        let bytes = altering(try CredentialText(parsing: code).bytes)
        let opening = try #require(
            ReceiptOpening(random: SystemRandom().bytes(16), scene: scene, code: bytes, time: time)
        ).encoded()
        return .shown(
            SealedReceipt(leaf: ReceiptOpening.leaf(of: opening), sealed: try settlementKey().seal(opening)))
    }

    /// Puts receipts into a gate's day that never came from a scan.
    func add(_ entries: [ReceiptEntry], to gate: String) throws {
        try ReceiptBook(folder: receipts(gate), gate: keys(gate).gate).keep(entries, on: Self.day)
    }
}

extension JSONValue {
    /// The counts of a sample: sampled, good, invented, altered, doubled.
    var sampleCounts: [Int64?] {
        ["sampled", "good", "invented", "altered", "doubled"].map { self[$0]?.integer }
    }
}
