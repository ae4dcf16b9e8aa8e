import Signing

/// One signature to check, set aside so that several threads can.
struct SignatureJob: Sendable {
    let index: UInt64
    let object: [UInt8]
    let key: VerificationKey
    let signature: [UInt8]
    let message: [UInt8]

    /// Checks all jobs on `threadCount` threads, and gives a finding for each that fails.
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
        guard !key.isValid(signature, for: message) else { return nil }
        return AuditFinding(
            .actorSignature, index: index, object: object, detail: "the entry and the signature by its actor's key")
    }
}
