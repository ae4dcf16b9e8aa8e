import Encoding
import Gate
import GateTestSupport
import Glibc
import Signing
import TestSupport

/// A gate whose folder has root documents, and a clock that the test sets.
struct RootedGate {
    let gate: VerifyGate
    let keys: RootCeremony
    let clock: SetClock

    init() throws {
        (gate, keys, clock) = try (VerifyGate(), RootCeremony(), SetClock(at: VerifyGate.now))
    }

    /// A document with the gate's first root among its own, or with other roots.
    func document(
        _ version: UInt64, roots: [SigningKey]? = nil, bundleKeys: [SigningKey]? = nil,
        issuedAt: UInt64 = VerifyGate.start, expiresAt: UInt64 = RootCeremony.end
    ) throws -> SignedRootDocument {
        try keys.document(
            version, roots: roots ?? [gate.root], threshold: 1, bundleKeys: bundleKeys, issuedAt: issuedAt,
            expiresAt: expiresAt
        ).signed(by: gate.root)
    }

    /// Writes a generation of the folder; `root.pem` and the gate's state stay.
    func put(
        version: UInt64, by signer: SigningKey, _ documents: [SignedRootDocument]?,
        issuedAt: UInt64 = VerifyGate.start, listTime: UInt64 = VerifyGate.start
    ) throws {
        let files = try gate.files(version: version, listTime: listTime, rootKey: signer, issuedAt: issuedAt)
        for file in files where file.path != BundleExport.rootName {
            try gate.write(file.bytes, to: file.path, mode: mode_t(file.mode))
        }
        try put(documents)
    }

    /// Writes or removes `roots.cbor` alone.
    func put(_ documents: [SignedRootDocument]?) throws {
        unsafe unlink("\(gate.folder)/\(RootChain.name)")
        if let documents { try gate.write(RootChain.encoded(documents), to: RootChain.name) }
    }

    /// The verdict on a sound code.
    func run(_ options: String = "", at time: UInt64 = VerifyGate.now) throws -> VerifyRun {
        try clock.set(time)
        return try VerifyRun(
            "--bundle \(gate.folder) --scene object-inspection \(options) --text '\(try gate.object())'", clock: clock)
    }

    /// Whether the gate accepts a sound code.
    func isOpen(_ options: String = "", at time: UInt64 = VerifyGate.now) throws -> Bool {
        let run = try run(options, at: time)
        if run.code != "ok" { print(run.lines) }
        return run.code == "ok"
    }

    /// A chain by which the gate's root gives way to another one, and a second bundle key to a third.
    func chain() throws -> [SignedRootDocument] {
        let (next, bundleKeys) = (keys.roots[0], keys.bundleKeys)
        return [
            try document(1, bundleKeys: [bundleKeys[0]]),
            try document(2, roots: [next], bundleKeys: [bundleKeys[0], bundleKeys[1]]).signed(by: next),
            try keys.document(3, roots: [next], threshold: 1, bundleKeys: [bundleKeys[1]]).signed(by: next),
        ]
    }

    /// Whether the gate is undecided for a reason, and with a warning where one is named.
    func isClosed(
        _ code: String, warning: String? = nil, _ options: String = "", at time: UInt64 = VerifyGate.now
    ) throws -> Bool {
        let run = try run(options, at: time)
        let warnings = run.lines.first?["warnings"]?.array ?? []
        let holds =
            run.code == code && run.verdict == "undecided" && run.status == 2
            && warning.map { warnings.contains(.string($0)) } != false
            && run.lines.first?["hint"]?.string?.isEmpty == false
        if !holds { print("expected \(code):", run.lines) }
        return holds
    }
}
