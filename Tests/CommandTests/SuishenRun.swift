import Encoding
import TestSupport
import Testing

/// An installation made and used by the built `suishen` command.
struct SuishenRun {
    static let residentID = "11010519491231002X"
    static let uscc = "91350100M000100Y43"

    let folder: ScratchFolder
    let suite: String
    private let program = Program("suishen")

    /// Makes the installation; its keys are valid from `time`, or from now.
    init(suite: String = "ed25519", at time: UInt64? = nil) throws {
        folder = try ScratchFolder()
        self.suite = suite
        try answer(["init", "--suite", suite] + (time.map { ["--at", "\($0)"] } ?? []))
    }

    /// Runs the command on the installation with a JSON answer; it may fail.
    func run(
        _ words: [String], input: [UInt8] = [], dataKilobytesMax: Int = 4 << 20
    ) throws -> Program.Outcome {
        let takesState = !["device", "present", "inspect"].contains(words[0])
        return try program.run(
            words + (takesState ? ["--state", folder("state")] : []) + ["--json"], input: input,
            dataKilobytesMax: dataKilobytesMax)
    }

    /// Runs the command, requires success, and reads its one answer.
    @discardableResult
    func answer(_ words: [String], input: [UInt8] = []) throws -> JSONValue {
        let outcome = try run(words, input: input)
        try #require(outcome.status == 0, "\(words) → \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    /// Runs the command and requires that it is refused: nothing on stdout, a code and a hint on stderr.
    func isRefused(_ words: [String], code: String, status: Int32 = 1, input: [UInt8] = []) throws -> Bool {
        let outcome = try run(words, input: input)
        let holds =
            outcome.status == status && outcome.output.isEmpty && outcome.diagnostics.contains("[\(code)]")
            && outcome.diagnostics.contains("suishen: hint: ")
        if !holds { print(words, outcome) }
        return holds
    }

    func subject(_ words: [String]) throws -> String {
        try #require(try answer(words)["subject"]?.string)
    }

    func person() throws -> String {
        try subject(["person", "register", "--resident-id", Self.residentID])
    }

    func enterprise() throws -> String {
        try subject(["enterprise", "register", "--uscc", Self.uscc, "--name", "上海示例科技有限公司"])
    }

    func place() throws -> String {
        try subject([
            "object", "register", "--kind", "place", "--manager", Self.uscc, "--category", "park", "--latitude",
            "31.230416", "--longitude", "121.473701",
        ])
    }

    func object() throws -> String {
        try subject(["object", "register", "--kind", "object", "--manager", Self.uscc, "--category", "elevator"])
    }
}
