/// The dispositions of the Core Business Vocabulary (GS1 CBV 2.0 §7.2); no other term enters the log.
package enum Disposition: String, Sendable, CaseIterable {
    case active
    case available
    case completenessInferred = "completeness_inferred"
    case completenessVerified = "completeness_verified"
    case conformant
    case containerClosed = "container_closed"
    case containerOpen = "container_open"
    case damaged
    case destroyed
    case dispensed
    case disposed
    case encoded
    case expired
    case inProgress = "in_progress"
    case inTransit = "in_transit"
    case inactive
    case mismatchClass = "mismatch_class"
    case mismatchInstance = "mismatch_instance"
    case mismatchQuantity = "mismatch_quantity"
    case needsReplacement = "needs_replacement"
    case noPedigreeMatch = "no_pedigree_match"
    case nonConformant = "non_conformant"
    case nonSellableOther = "non_sellable_other"
    case partiallyDispensed = "partially_dispensed"
    case recalled
    case reserved
    case retailSold = "retail_sold"
    case returned
    case sellableAccessible = "sellable_accessible"
    case sellableNotAccessible = "sellable_not_accessible"
    case stolen
    case unavailable
    case unknown

    /// Finds a term by its name in the vocabulary.
    ///
    /// - Throws: `unknown_term`.
    package init(term: String) throws(TraceLogError) {
        guard let known = Self(rawValue: term) else {
            throw TraceLogError(
                code: .unknownTerm,
                reason: "the term is not a disposition of the vocabulary",
                hint: "use one of GS1 CBV 2.0: \(Self.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        self = known
    }
}
