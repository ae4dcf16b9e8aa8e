extension Registry {
    /// The holdings that a recovery ended.
    package struct EndedHoldings: Sendable, Equatable {
        /// Those whose live codes are all revoked, as after a loss that was reported.
        package internal(set) var revokedCount = 0
        /// Those without a live code, of which nothing tells whether they were revoked.
        package internal(set) var unknownCount = 0

        package init() {}
    }

    private static let holdingPageCount = 512

    /// Ends the holdings that may have been revoked after the registry was copied.
    ///
    /// A revoked holding's live codes are all revoked. So one live code that is not revoked shows that its holding
    /// stands; a holding without a live code may not be renewed, since nothing shows that it stands.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - transaction: an open transaction, in which the published revocations are set already.
    /// - Returns: the number of holdings that were ended.
    /// - Throws: an error of the store.
    package static func endDoubtfulHoldings(
        at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> EndedHoldings {
        var ended = EndedHoldings()
        var last: [UInt8]?
        repeat {
            let page = try transaction.holdings(after: last, countMax: holdingPageCount)
            for holding in page where holding.status == .active {
                let places = try transaction.liveStatusPlaces(
                    ofHolding: holding.identifier, subject: holding.subject.subject, at: now
                ).own
                let stands = try places.contains { place in
                    try transaction.revokedIndices(of: place.list, in: place.index..<place.index + 1).isEmpty
                }
                if stands { continue }
                if places.isEmpty { ended.unknownCount += 1 } else { ended.revokedCount += 1 }
                try transaction.putHolding(holding.with(.revoked, at: now))
            }
            last = page.count == holdingPageCount ? page.last?.identifier : nil
        } while last != nil
        return ended
    }
}
