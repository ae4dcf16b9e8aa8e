import Credential

@testable import Storage

extension MemoryTransaction {
    func offer(_ identifier: [UInt8]) -> OfferRecord? { contents.offers[identifier] }

    func offer(codeDigest: [UInt8]) -> OfferRecord? { contents.offers.values.first { $0.codeDigest == codeDigest } }

    func offer(lossDigest: [UInt8]) -> OfferRecord? { contents.offers.values.first { $0.lossDigest == lossDigest } }

    func openOffers(of subject: String) -> [OfferRecord] {
        contents.offers.values.filter { offer in
            offer.status == .open && (offer.subject.subject == subject || offer.subject.guardian == subject)
        }.sorted { $0.identifier.lexicographicallyPrecedes($1.identifier) }
    }

    func putOffer(_ offer: OfferRecord) throws {
        let old = contents.offers[offer.identifier]
        let isOnward =
            old.map { old in
                (old.status == .open || old.status == offer.status) && offer.wrongPINCount >= old.wrongPINCount
                    && (old.sealedSecret != nil || offer.sealedSecret == nil)
            } ?? true
        let isOnly =
            old != nil
            || !contents.offers.values.contains { other in
                other.codeDigest == offer.codeDigest || other.lossDigest == offer.lossDigest
            }
        try change(if: isOnward && isOnly) { contents in
            contents.offers[offer.identifier] =
                old?.with(
                    offer.status, sealedSecret: offer.sealedSecret, wrongPINCount: offer.wrongPINCount) ?? offer
        }
    }

    func eraseOfferSecrets(until time: UInt64, countMax: Int) throws -> Int {
        let over = contents.offers.values.filter { $0.expiresAt <= time && $0.sealedSecret != nil }.prefix(countMax)
        for offer in over {
            try change {
                $0.offers[offer.identifier] = offer.with(
                    offer.status, sealedSecret: nil, wrongPINCount: offer.wrongPINCount)
            }
        }
        return over.count
    }

    func deleteOffers(until time: UInt64, countMax: Int) throws -> Int {
        let over = contents.offers.values.filter { $0.expiresAt <= time }.sorted { first, second in
            first.expiresAt == second.expiresAt
                ? first.identifier.lexicographicallyPrecedes(second.identifier) : first.expiresAt < second.expiresAt
        }.prefix(countMax)
        for offer in over { try change { $0.offers[offer.identifier] = nil } }
        return over.count
    }
}

extension MemoryTransaction {
    func holding(_ identifier: [UInt8]) -> HoldingRecord? { contents.holdings[identifier] }

    func holding(lossDigest: [UInt8]) -> HoldingRecord? {
        contents.holdings.values.first { $0.lossDigest == lossDigest }
    }

    func holdings(of subject: String, countMax: Int) -> [HoldingRecord] {
        let found = contents.holdings.values.filter { holding in
            holding.subject.subject == subject || holding.subject.guardian == subject
        }
        return Array(
            found.sorted { first, second in
                first.madeAt == second.madeAt
                    ? first.identifier.lexicographicallyPrecedes(second.identifier) : first.madeAt > second.madeAt
            }.prefix(countMax))
    }

    func holdings(after identifier: [UInt8]?, countMax: Int) -> [HoldingRecord] {
        let later = contents.holdings.values.filter { (identifier ?? []).lexicographicallyPrecedes($0.identifier) }
        return Array(
            later.sorted { $0.identifier.lexicographicallyPrecedes($1.identifier) }.prefix(countMax))
    }

    func putHolding(_ holding: HoldingRecord) throws {
        let old = contents.holdings[holding.identifier]
        let isOnward = old?.status != .revoked || holding.status == .revoked
        let isOnly = old != nil || !contents.holdings.values.contains { $0.lossDigest == holding.lossDigest }
        try change(if: isOnward && isOnly) { contents in
            contents.holdings[holding.identifier] =
                old.map { old in
                    HoldingRecord(
                        identifier: old.identifier, subject: old.subject, thumbprint: old.thumbprint,
                        lossDigest: old.lossDigest, madeAt: old.madeAt,
                        coveredUntil: max(old.coveredUntil, holding.coveredUntil), status: holding.status,
                        statusAt: holding.statusAt)
                } ?? holding
        }
    }

    func liveStatusPlaces(ofHolding identifier: [UInt8], subject: String, at now: UInt64) -> HeldStatusPlaces {
        let codes = contents.codes.filter { code in
            code.subject == subject && code.holding == identifier && (code.expiresAt ?? 0) > now
        }.sorted(by: Self.isEarlier)
        func places(_ index: (IssuedCodeRecord) -> UInt64?) -> [StatusPlace] {
            codes.compactMap { code in
                guard let list = code.list?.name, let index = index(code) else { return nil }
                return StatusPlace(list: list, index: index)
            }
        }
        return HeldStatusPlaces(own: places(\.statusIndex), guardians: places(\.actorIndex))
    }

    func liveCodes(of subject: String, guardian: String?, at now: UInt64, countMax: Int) -> [LiveCode] {
        let live = contents.codes.filter { code in
            code.subject == subject && (guardian == nil || code.actor == guardian)
                && (code.expiresAt.map { $0 > now } ?? true)
                && ![code.statusIndex, code.actorIndex].compactMap(\.self).contains { index in
                    code.list.map { contents.revocations[StatusPlace(list: $0.name, index: index)] != nil } ?? false
                }
        }
        return live.sorted(by: Self.isEarlier).prefix(countMax).map { code in
            LiveCode(
                id: code.id, kind: code.kind, issuedAt: code.issuedAt, expiresAt: code.expiresAt,
                holding: code.holding)
        }
    }

    private static func isEarlier(_ first: IssuedCodeRecord, _ second: IssuedCodeRecord) -> Bool {
        first.issuedAt == second.issuedAt
            ? first.id.lexicographicallyPrecedes(second.id) : first.issuedAt < second.issuedAt
    }
}

extension OfferRecord {
    fileprivate func with(_ status: Status, sealedSecret: [UInt8]?, wrongPINCount: UInt64) -> OfferRecord {
        OfferRecord(
            identifier: identifier, subject: subject, codeDigest: codeDigest, pinDigest: pinDigest,
            lossDigest: lossDigest, sealedSecret: sealedSecret, wrongPINCount: wrongPINCount, status: status,
            madeAt: madeAt, expiresAt: expiresAt)
    }
}
