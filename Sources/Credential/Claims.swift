/// The claims of a code; all times are whole seconds since 1970-01-01T00:00:00Z.
package struct Claims: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        case person(PersonClaims)
        case enterprise(EnterpriseClaims)
        case object(ObjectClaims)
    }

    package static let issuerCharacterCounts = 1...8
    /// The longest lifetime of an enterprise code: one leap year.
    package static let enterpriseLifetimeSecondsMax: UInt64 = 366 * 86_400
    /// The largest status index: five bytes in CBOR, which the sizes of the codes rely on.
    package static let statusIndexMax: UInt64 = 0xFFFF_FFFF
    package static let categoryMax: UInt64 = 0xFFFF
    package static let scopeMax: UInt64 = 0xFFFF_FFFF

    /// 1 to 8 characters.
    package let issuer: String
    package let issuedAt: UInt64
    /// The expiry; nil for object codes.
    package let expiresAt: UInt64?
    /// The beginning of the lifetime, where it is later than `issuedAt`; person codes only.
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

    /// The whole days from 1970-01-01 (UTC) to the time of issue: the epoch of the seals and of the day's status list.
    package var issueDay: UInt64 { issuedAt / 86_400 }
}

/// The subject of a code: the first item of its body.
package enum Form: Int64, Sendable, CaseIterable {
    /// A person, who carries the code.
    case person = 1
    /// An enterprise, which shows the code in public.
    case enterprise = 2
    /// An object or a place, to which the code is attached.
    case object = 3

    package var name: String {
        switch self {
        case .person: "person"
        case .enterprise: "enterprise"
        case .object: "object"
        }
    }
}

/// The claim keys: those of RFC 8392 §3.1, and a private one for the body.
enum ClaimKey {
    static let issuer: Int64 = 1
    static let expiresAt: Int64 = 4
    static let notBefore: Int64 = 5
    static let issuedAt: Int64 = 6
    static let cti: Int64 = 7
    static let body: Int64 = -65537
}
