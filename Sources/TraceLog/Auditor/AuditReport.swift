package import Encoding

/// The result of an audit.
package struct AuditReport: Sendable {
    package enum Verdict: String, Sendable {
        case intact
        case tampered
        case undecided
    }

    /// The most findings that are kept: one fault can cause a finding at every later entry.
    package static let findingCountMax = 1000

    package let verdict: Verdict
    /// `ok`, or the first finding's code.
    package let code: String
    package let size: UInt64
    package let root: MerkleHash
    package let findings: [AuditFinding]
    package let eventCount: UInt64
    package let objectCount: UInt64
    /// The cosignatures of the policy's witnesses.
    package let cosignatures: [Cosignature]

    init(
        size: UInt64, root: MerkleHash, findings: [AuditFinding], eventCount: UInt64 = 0, objectCount: UInt64 = 0,
        cosignatures: [Cosignature] = []
    ) {
        self.cosignatures = cosignatures
        self.size = size
        self.root = root
        self.findings = findings.sorted(by: AuditFinding.precedes)
        self.eventCount = eventCount
        self.objectCount = objectCount
        code = self.findings.first?.code.rawValue ?? "ok"
        if self.findings.isEmpty {
            verdict = .intact
        } else {
            verdict = self.findings.contains(where: \.isTampering) ? .tampered : .undecided
        }
    }

    /// The report with other findings.
    func with(_ findings: [AuditFinding]) -> AuditReport {
        AuditReport(
            size: size, root: root, findings: findings, eventCount: eventCount, objectCount: objectCount,
            cosignatures: cosignatures)
    }

    /// The verdict of each part of the log by itself: the tiles against the checkpoint, the checkpoint against the key.
    ///
    /// The verdict of the whole is `intact` only where both are, and where an anchor, a remembered checkpoint or a witness
    /// confirms the checkpoint.
    package var parts: [(name: String, verdict: Verdict)] {
        let signature = findings.first { $0.code == .checkpointSignature }
        let checkpoint: Verdict = signature.map { $0.isTampering ? .tampered : .undecided } ?? .intact
        let isTreeWrong = findings.contains { $0.isTampering && $0.code != .checkpointSignature }
        let tiles: Verdict = isTreeWrong ? .tampered : checkpoint == .tampered ? .undecided : .intact
        return [("tiles", tiles), ("checkpoint", checkpoint)]
    }

    /// The verdict as the members of one JSON object.
    package func json(elapsedMilliseconds: UInt64) -> JSONObject {
        var members: JSONObject = [
            "verdict": .string(verdict.rawValue), "code": .string(code),
            "size": .integer(Int64(clamping: size)), "rootHash": .string(Hex.encode(root.bytes)),
            "findings": .array(findings.map(\.json)), "events": .integer(Int64(clamping: eventCount)),
            "objects": .integer(Int64(clamping: objectCount)),
            "elapsedMilliseconds": .integer(Int64(clamping: elapsedMilliseconds)),
        ]
        if !cosignatures.isEmpty { members["cosignatures"] = .array(cosignatures.map(\.json)) }
        return members
    }
}
