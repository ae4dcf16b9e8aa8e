@testable import Storage

extension StoreStep {
    static func wallets(_ draw: Draw, _ kind: Int) -> StoreStep {
        let subject = OfferRecord.Subject(
            subject: draw.name, guardian: draw.isOdd ? draw.other : nil, scope: draw.number, days: 7)
        switch kind {
        case 0, 1:
            return StoreStep("offer") {
                try $0.putOffer(
                    OfferRecord(
                        identifier: draw.bytes, subject: subject, codeDigest: draw.bytes + [1],
                        pinDigest: draw.isOdd ? [7] : nil, lossDigest: draw.more,
                        sealedSecret: draw.number < 6 ? [8] : nil, wrongPINCount: draw.number / 5,
                        status: [.open, .open, .used, .revoked][Int(draw.number % 4)], madeAt: draw.number,
                        expiresAt: draw.number + 2))
            }
        case 2, 3:
            return StoreStep("holding") {
                try $0.putHolding(
                    HoldingRecord(
                        identifier: draw.bytes, subject: subject, thumbprint: draw.more, lossDigest: draw.more,
                        madeAt: draw.number, coveredUntil: draw.number * 2,
                        status: draw.number == 3 ? .revoked : .active, statusAt: draw.number))
            }
        default:
            return StoreStep("offers end") {
                try $0.eraseOfferSecrets(until: draw.number, countMax: 100)
                    + $0.deleteOffers(until: draw.number / 2, countMax: 1)
            }
        }
    }
}
