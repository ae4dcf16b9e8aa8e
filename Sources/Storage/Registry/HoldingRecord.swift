package import Credential

/// One subject's codes on one phone: what an offer became.
package struct HoldingRecord: Sendable, Equatable {
    package enum Status: String, Sendable {
        case active, revoked
    }

    /// The identifier of the offer that it came from.
    package let identifier: [UInt8]
    package let subject: OfferRecord.Subject
    /// The RFC 7638 thumbprint of the phone's key.
    package let thumbprint: [UInt8]
    /// A keyed digest of the loss code.
    package let lossDigest: [UInt8]
    /// Seconds since 1970-01-01T00:00:00Z.
    package let madeAt: UInt64
    /// The end of the last code of the newest strip.
    package private(set) var coveredUntil: UInt64
    package private(set) var status: Status
    package private(set) var statusAt: UInt64

    package init(
        identifier: [UInt8], subject: OfferRecord.Subject, thumbprint: [UInt8], lossDigest: [UInt8], madeAt: UInt64,
        coveredUntil: UInt64, status: Status = .active, statusAt: UInt64
    ) {
        (self.identifier, self.subject, self.thumbprint) = (identifier, subject, thumbprint)
        (self.lossDigest, self.madeAt, self.coveredUntil) = (lossDigest, madeAt, coveredUntil)
        (self.status, self.statusAt) = (status, statusAt)
    }

    /// The holding after another strip.
    package func with(coveredUntil: UInt64) -> HoldingRecord {
        var holding = self
        holding.coveredUntil = max(self.coveredUntil, coveredUntil)
        return holding
    }

    /// The holding in another status.
    func with(_ status: Status, at now: UInt64) -> HoldingRecord {
        guard status != self.status else { return self }
        var holding = self
        (holding.status, holding.statusAt) = (status, now)
        return holding
    }
}

/// A code that a subject could show now, or later in its strip.
package struct LiveCode: Sendable, Equatable {
    package let id: [UInt8]
    package let kind: PersonKind?
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    /// The holding that has it; nil for a code that came without a wallet.
    package let holding: [UInt8]?
}
