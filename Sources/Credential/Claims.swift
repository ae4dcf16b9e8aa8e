/// What the issuer says in a code; all times are whole seconds since 1970-01-01T00:00:00Z.
package struct Claims: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        case person(PersonClaims)
        case enterprise(EnterpriseClaims)
        case object(ObjectClaims)
    }

    package static let issuerCharacterCounts = 1...8
    /// A year and a day of leap: the longest life of an enterprise code.
    package static let enterpriseLifetimeSecondsMax: UInt64 = 366 * 86_400
    /// Five bytes at most in CBOR, which the sizes of the codes rely on.
    package static let statusIndexMax: UInt64 = 0xFFFF_FFFF
    package static let categoryMax: UInt64 = 0xFFFF
    package static let scopeMax: UInt64 = 0xFFFF_FFFF

    /// 1 to 8 characters.
    package let issuer: String
    package let issuedAt: UInt64
    /// When it ends; object codes have no end.
    package let expiresAt: UInt64?
    /// When it begins, where that is later than `issuedAt`; person codes only.
    package let notBefore: UInt64?
    package let body: Body

    package init(
        issuer: String, issuedAt: UInt64, expiresAt: UInt64? = nil, notBefore: UInt64? = nil, body: Body
    ) {
        self.issuer = issuer
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.notBefore = notBefore
        self.body = body
    }

    package var form: Form {
        switch body {
        case .person: .person
        case .enterprise: .enterprise
        case .object: .object
        }
    }

    package var person: PersonClaims? {
        if case .person(let claims) = body { claims } else { nil }
    }

    package var enterprise: EnterpriseClaims? {
        if case .enterprise(let claims) = body { claims } else { nil }
    }

    package var object: ObjectClaims? {
        if case .object(let claims) = body { claims } else { nil }
    }

    /// Whole days since 1970-01-01 (UTC) at the time of issue: the epoch of the seals and of the day's status list.
    package var issueDay: UInt64 { issuedAt / 86_400 }
}
