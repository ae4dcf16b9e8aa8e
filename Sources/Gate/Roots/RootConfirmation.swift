import Credential
package import Signing

/// Who has signed one root document, and who is still missing, by the roots before it and by its own.
package struct RootConfirmation: Sendable {
    /// The roots of one side, those before the document or its own.
    package struct Side: Sendable {
        package let roots: [VerificationKey]
        package let threshold: Int
        package let signers: [VerificationKey]

        package var isMet: Bool { signers.count >= threshold }
        /// The roots that have not signed.
        package var silent: [VerificationKey] { roots.filter { !signers.contains($0) } }
    }

    /// The roots of the document before, or the first root alone.
    package let former: Side
    /// The document's own roots.
    package let own: Side
    /// Every root that may sign: those before, and the document's own.
    let candidates: [VerificationKey]
    private let document: SignedRootDocument
    private let formerDocument: RootDocument?
    private let strangerCount: Int
    private let isRepeated: Bool

    /// Finds the signers of a document.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - former: the document before it; nil for the first one.
    ///   - root: the first root, whose signature the first document needs.
    package init(of document: SignedRootDocument, after former: RootDocument?, root: VerificationKey) {
        let (before, after) = (former?.roots ?? [root], document.document.roots)
        candidates = before + after.filter { !before.contains($0) }
        let signers = document.message.signatures.map { [candidates] signature in
            candidates.first { document.message.isMade(signature, by: $0) }
        }
        let known = signers.compactMap { $0 }
        strangerCount = signers.count - known.count
        isRepeated = known.hasRepetition
        self.former = Side(
            roots: before, threshold: former?.threshold ?? 1, signers: before.filter(known.contains))
        own = Side(
            roots: after, threshold: document.document.threshold, signers: after.filter(known.contains))
        (self.document, formerDocument) = (document, former)
    }

    /// Whether both sides' thresholds are met.
    package var isComplete: Bool { former.isMet && own.isMet }

    /// Refuses a document that does not follow the one before it.
    ///
    /// - Throws: `roots_invalid`, `root_threshold_missing`.
    package func check() throws(BundleError) {
        try checkOrder()
        let version = document.document.version
        for (side, name) in [(former, version == 1 ? "the first root" : "the roots before"), (own, "its own roots")]
        where !side.isMet {
            throw BundleError(
                code: .thresholdMissing,
                reason: "root document \(version) has \(side.signers.count) of the \(side.threshold) signatures"
                    + " that it needs of \(name)",
                hint:
                    "look with `suishen root show` who is missing, and join their copies with `suishen root join`; at a"
                    + " gate fetch the newest \(RootChain.name)")
        }
    }

    /// Refuses a document that cannot follow the one before it; further signatures do not change that.
    ///
    /// - Throws: `roots_invalid`.
    package func checkOrder() throws(BundleError) {
        let next = document.document
        let former = formerDocument?.version ?? 0
        guard former < .max, next.version == former + 1 else {
            throw .rootsInvalid("root document \(next.version) follows document \(former)")
        }
        guard next.issuedAt >= formerDocument?.issuedAt ?? 0 else {
            throw .rootsInvalid("root document \(next.version) is dated before the one that it follows")
        }
        guard strangerCount == 0 else {
            throw .rootsInvalid(
                "root document \(next.version) has \(strangerCount) signatures of keys that are no root")
        }
        guard !isRepeated else {
            throw .rootsInvalid("root document \(next.version) has two signatures of one root")
        }
    }
}
