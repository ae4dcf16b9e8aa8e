import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

/// An installation whose signing keys are in a token of SoftHSM, made and used by the built commands.
final class TokenInstallation {
    let token: SoftToken
    let installation: Installation
    /// The variables that every command gets.
    let environment: [String]

    /// - Parameters:
    ///   - suite: the installation's suite.
    ///   - isSpied: whether pkcs11-spy writes every call of the module into the file `calls`.
    /// - Throws: when it cannot be made.
    init(_ suite: String = "ed25519", isSpied: Bool = false) throws {
        token = try SoftToken("suishen")
        let folder = try ScratchFolder()
        installation = Installation(madeIn: folder)
        let spying = ["PKCS11SPY=\(SoftToken.module)", "PKCS11SPY_OUTPUT=\(folder("calls"))"]
        environment = [token.variable] + (isSpied ? spying : [])
        let uri = token.uri(module: isSpied ? SoftToken.spy : SoftToken.module)
        try answer(["init", "--suite", suite, "--token", uri])
    }

    var state: String { installation.state.path }

    func run(_ program: String, _ words: [String]) throws -> Program.Outcome {
        try Program(path: "/usr/bin/env").run(environment + ["\(HTTPDaemon.binaries)/\(program)"] + words)
    }

    /// Runs `suishen` on the installation.
    func suishen(_ words: [String]) throws -> Program.Outcome {
        try run("suishen", words + ["--state", state, "--json"])
    }

    /// Runs `suishen`, requires success, and reads its one answer.
    @discardableResult
    func answer(_ words: [String]) throws -> JSONValue {
        let outcome = try suishen(words)
        try #require(outcome.status == 0, "\(words) → \(outcome.diagnostics)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    func daemon() throws -> HTTPDaemon {
        try HTTPDaemon(installation, prefix: ["env"] + environment)
    }

    /// Runs a shell's words with DIR for the state.
    func edit(_ words: String) throws {
        let outcome = try Program(path: "/bin/sh").run(["-c", "DIR=\(state); \(words)"])
        try #require(outcome.status == 0, "\(words) → \(outcome.diagnostics)")
    }

    /// Puts another PIN into the file that the settings name.
    func setPIN(_ pin: String) throws {
        let path = token.folder("pin")
        unsafe unlink(path)
        try token.folder.write(Array(pin.utf8), to: "pin", mode: 0o400)
    }

    /// How often the module was asked to log in.
    func loginCount() throws -> Int {
        let calls = String(decoding: try ProjectFiles.bytes(installation.folder("calls")), as: UTF8.self)
        return calls.split(separator: "C_Login").count - 1
    }

    /// The verdict of a gate that has the installation's newest bundle.
    func verdict(_ text: String, _ scene: String = "object-inspection") throws -> JSONValue {
        let bundle = installation.folder("bundle")
        _ = try Program(path: "/bin/rm").run(["-rf", bundle])
        try answer(["bundle", "export", "--out", bundle])
        let outcome = try run("verify", ["--bundle", bundle, "--scene", scene, "--text", text])
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)
    }
}
