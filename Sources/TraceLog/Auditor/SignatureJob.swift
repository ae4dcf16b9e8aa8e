import Signing

/// One signature to check, set aside so that several threads can.
struct SignatureJob: Sendable {
    static let mismatchDetail = "the actor's signature does not match the entry"
    static let brokenPathDetail = "the hash path in the signature does not lead from the entry to a batch root"

    let index: UInt64
    let object: [UInt8]
    let key: VerificationKey
    let claim: SignatureClaim

    /// Checks all jobs on several threads, with a finding for each signature that does not hold.
    static func check(_ jobs: [SignatureJob], threadCount: Int) async -> [AuditFinding] {
        guard !jobs.isEmpty else { return [] }
        let share = (jobs.count + threadCount - 1) / threadCount
        return await withTaskGroup(of: [AuditFinding].self) { group in
            for start in stride(from: 0, to: jobs.count, by: share) {
                let part = jobs[start..<min(start + share, jobs.count)]
                group.addTask { part.compactMap { $0.finding } }
            }
            var findings: [AuditFinding] = []
            for await part in group { findings += part }
            return findings
        }
    }

    private var finding: AuditFinding? {
        guard !claim.isValid(by: key) else { return nil }
        return AuditFinding(.actorSignature, index: index, object: object, detail: Self.mismatchDetail)
    }
}

/// Counts the entries of each signed batch: the log must hold all of them.
///
/// The service appends a batch in one piece, so that few batches are open at once.
struct SignedBatches {
    /// The most batches whose entries are awaited at once; of more, the one that began first counts as incomplete.
    static let openCountMax = 256

    private struct Members {
        let firstIndex: UInt64
        let object: [UInt8]
        var count: UInt64
        /// The named keys against which the signature is checked, or already was.
        var keyIdentifiers: [[UInt8]?]
    }

    private var open: [SignatureClaim: Members] = [:]

    /// Adds an entry of a batch of `entryCount` entries.
    ///
    /// - Returns: whether the signature is still to be checked against the key that this entry names.
    mutating func add(
        _ claim: SignatureClaim, of entryCount: UInt64, keyIdentifier: [UInt8]?, index: UInt64, object: ObjectKey,
        findings: inout FindingList
    ) -> Bool {
        var members =
            open[claim] ?? Members(firstIndex: index, object: object.bytes, count: 0, keyIdentifiers: [])
        members.count += 1
        let isUnchecked = !members.keyIdentifiers.contains(keyIdentifier)
        if isUnchecked { members.keyIdentifiers.append(keyIdentifier) }
        open[claim] = members.count == entryCount ? nil : members
        if open.count > Self.openCountMax, let oldest = open.min(by: { $0.value.firstIndex < $1.value.firstIndex }) {
            findings.add(Self.incomplete(oldest.key, oldest.value))
            open[oldest.key] = nil
        }
        return isUnchecked
    }

    /// A finding for each batch that the log does not hold whole.
    func incomplete() -> [AuditFinding] {
        open.map { Self.incomplete($0.key, $0.value) }
    }

    private static func incomplete(_ claim: SignatureClaim, _ members: Members) -> AuditFinding {
        let count = claim.batchEntryCount ?? 1
        return AuditFinding(
            .actorSignature, index: members.firstIndex, object: members.object,
            detail:
                "the actor signed this entry in a batch of \(count) entries, and the log holds \(members.count) of them"
        )
    }
}
