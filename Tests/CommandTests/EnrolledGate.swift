import Credential
import Encoding
import Gate
import Glibc
import Signing
import TestSupport
import Testing

/// A synced gate that is enrolled, and the keys that its issuer seals to it.
struct EnrolledGate {
    static let firstTime = VerifyGate.start + 1
    static let until = (VerifyGate.start / 86_400 + 1) * 86_400

    let synced: SyncedGate
    let keys: GateKeys

    /// Fetches bundle 5 without keys, and enrols.
    init() throws {
        synced = try SyncedGate()
        let first = try synced.sync("--root", synced.gate.rootDigest)
        try #require(first.status == 0 && first.result?["keys"] == nil, "\(first)")
        unsafe unlink("\(synced.bundle)/\(EpochKeyFile.name)")
        let enrolled = try Program("verify").run([
            "enrol", "--bundle", synced.bundle, "--name", "gate", "--state", synced.state, "--root",
            synced.gate.rootDigest,
        ])
        try #require(enrolled.status == 0, "\(enrolled)")
        keys = try #require(try GateKeys(in: synced.state))
        unsafe mkdir(synced.server.tree("keys"), 0o755)
    }

    var path: String { SealedEpochKeys.path(of: keys.gate) }
    var statePaths: [String] {
        ["seen.cbor", GateKeys.signingName, GateKeys.receivingName].map { "\(synced.state)/\($0)" }
    }

    /// The epoch keys of the gate's transit codes.
    func epochKeys() throws -> EpochKeyFile {
        let files = try synced.gate.files(version: 5, domains: [.transit])
        let file = try #require(files.first { $0.path == EpochKeyFile.name })
        return try EpochKeyFile(file.bytes)
    }

    /// A file of sealed keys.
    func sealed(
        at time: UInt64 = firstTime, for gate: GateIdentifier? = nil, to receiver: ReceivingPublicKey? = nil,
        by signer: SigningKey? = nil
    ) throws -> [UInt8] {
        try SealedEpochKeys.signed(
            epochKeys(), for: gate ?? keys.gate, sealedTo: receiver ?? keys.receiving.publicKey, issuedAt: time,
            by: signer ?? synced.gate.root)
    }

    /// Puts a file of sealed keys into the server's tree, or removes it.
    func publish(_ bytes: [UInt8]?) throws {
        guard let bytes else {
            unsafe unlink(synced.server.tree(path))
            return
        }
        let unfinished = try synced.server.tree.write(bytes, to: path + ".new")
        guard unsafe rename(unfinished, synced.server.tree(path)) == 0 else { throw MissingFile(path: path) }
    }

    /// Fetches, and requires the outcome of the keys.
    @discardableResult
    func sync(_ keys: String, code: String? = nil, status: Int32 = 0, _ options: [String] = []) throws -> JSONValue? {
        let outcome = try synced.sync(options)
        #expect(outcome.status == status && outcome.result?["keys"] == .string(keys), "\(outcome)")
        if let code { #expect(outcome.diagnostics.contains("[\(code)]"), "\(outcome)") }
        return outcome.result
    }
}
