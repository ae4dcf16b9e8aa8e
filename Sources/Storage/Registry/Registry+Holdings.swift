extension Registry {
    /// The most holdings of one subject that an answer has.
    package static let holdingCountMax = 1000

    /// Revokes a holding's live codes with their guardians' indices, and ends its renewal.
    ///
    /// - Returns: the number of newly revoked codes, and the newly revoked indices; none for a holding that had ended
    ///   before.
    /// - Throws: an error of the registry.
    package func revoke(
        _ holding: HoldingRecord, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> (codeCount: Int, places: [StatusPlace]) {
        guard holding.status == .active else { return (0, []) }
        let codes = try transaction.liveStatusPlaces(
            ofHolding: holding.identifier, subject: holding.subject.subject, at: now)
        let own = try revoke(codes.own, reason: nil, at: now, in: transaction)
        let guardians = try revoke(codes.guardians, reason: nil, at: now, in: transaction)
        try transaction.putHolding(holding.with(.revoked, at: now))
        return (own.count, own + guardians)
    }

    /// Ends the holdings and the open offers of a subject, of its own codes and of those that it carries for wards.
    ///
    /// The caller revokes the codes.
    static func endWallets(of subject: String, at now: UInt64, in transaction: any RegistryTransaction) throws {
        for offer in try transaction.openOffers(of: subject) { try end(offer, as: .revoked, in: transaction) }
        for holding in try transaction.holdings(of: subject, countMax: .max) where holding.status == .active {
            try transaction.putHolding(holding.with(.revoked, at: now))
        }
    }
}
