/// A one-time permission for a phone to receive a subject's codes.
package struct OfferRecord: Sendable, Equatable {
    /// What became of an offer; its term is apart from it.
    package enum Status: String, Sendable {
        case open, used, revoked
    }

    /// What an offer or a holding is for.
    package struct Subject: Sendable, Equatable {
        /// The person whose codes they are.
        package let subject: String
        /// The guardian whose phone has them; nil for the person's own phone.
        package let guardian: String?
        /// The uses that the guardian is granted, as bits; 0 without a guardian.
        package let scope: UInt64
        /// The days of a strip.
        package let days: UInt64

        package init(subject: String, guardian: String?, scope: UInt64, days: UInt64) {
            (self.subject, self.guardian, self.scope, self.days) = (subject, guardian, scope, days)
        }
    }

    /// The byte count of an offer's identifier, which is also that of its holding.
    package static let identifierByteCount = 16

    package let identifier: [UInt8]
    package let subject: Subject
    /// A keyed digest of the pre-authorized code.
    package let codeDigest: [UInt8]
    /// A keyed digest of the PIN; nil for an offer without one.
    package let pinDigest: [UInt8]?
    /// A keyed digest of the loss code, which stays valid for the holding.
    package let lossDigest: [UInt8]
    /// The sealed secret; nil once the offer is used, revoked or over.
    package private(set) var sealedSecret: [UInt8]?
    package private(set) var wrongPINCount: UInt64
    package private(set) var status: Status
    /// Seconds since 1970-01-01T00:00:00Z.
    package let madeAt: UInt64
    /// The first second at which the offer is over.
    package let expiresAt: UInt64

    package init(
        identifier: [UInt8], subject: Subject, codeDigest: [UInt8], pinDigest: [UInt8]?, lossDigest: [UInt8],
        sealedSecret: [UInt8]?, wrongPINCount: UInt64 = 0, status: Status = .open, madeAt: UInt64, expiresAt: UInt64
    ) {
        (self.identifier, self.subject, self.codeDigest) = (identifier, subject, codeDigest)
        (self.pinDigest, self.lossDigest, self.sealedSecret) = (pinDigest, lossDigest, sealedSecret)
        (self.wrongPINCount, self.status, self.madeAt, self.expiresAt) = (wrongPINCount, status, madeAt, expiresAt)
    }

    /// The offer after one more wrong PIN.
    func withWrongPIN() -> OfferRecord {
        var offer = self
        offer.wrongPINCount += 1
        return offer
    }

    /// The offer in another status, without its secret.
    func with(_ status: Status) -> OfferRecord {
        var offer = self
        offer.status = status
        offer.sealedSecret = nil
        return offer
    }
}
