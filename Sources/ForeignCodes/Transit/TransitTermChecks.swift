/// The limits on the time at which a code was made.
struct TransitTimeLimits: Sendable {
    /// How far a phone's clock may be ahead of the gate's.
    let skewSeconds: UInt64
    /// The longest life of a code, even if the code states a longer one.
    let lifeSecondsMax: UInt64
}

/// The card issuer's certificate has not ended.
struct CertificateInTerm: Proof {
    static let check = TransitCheck.certificateTerm

    init(_ code: TransitCode, in network: TransitNetwork, at now: UInt64) throws(TransitRefusal) {
        let end = network.layout.epoch.start + (code.certificate.expiryDay + 1) * TransitLayout.secondsPerDay
        guard now < end else {
            throw TransitRefusal(.keyExpired, -102, "the card issuer's certificate ended at \(end)")
        }
    }
}

/// The card's authorisation has not ended.
struct CardAuthorised: Proof {
    static let check = TransitCheck.authorisation

    init(_ code: TransitCode, at now: UInt64) throws(TransitRefusal) {
        guard now <= code.authorisedUntil else {
            throw TransitRefusal(.expired, -105, "the card's authorisation ended at \(code.authorisedUntil)")
        }
    }
}

/// The phone made the code just now.
struct TransitCodeFresh: Proof {
    static let check = TransitCheck.time

    init(_ code: TransitCode, limits: TransitTimeLimits, at now: UInt64) throws(TransitRefusal) {
        if code.generatedAt > now, code.generatedAt - now > limits.skewSeconds {
            throw TransitRefusal(.fromFuture, -105, "the code was made at \(code.generatedAt), but it is now \(now)")
        }
        let life = min(code.lifeSeconds, limits.lifeSecondsMax)
        guard now <= code.generatedAt + life else {
            throw TransitRefusal(
                .stale, -105, "the code was made \(now - code.generatedAt) seconds ago, at most \(life) are allowed")
        }
    }
}

/// The highest fare that the card pays covers the ride.
struct FareCovered: Proof {
    static let check = TransitCheck.fare

    init(_ code: TransitCode, fare: UInt64) throws(TransitRefusal) {
        guard fare <= code.highestFare else {
            throw TransitRefusal(.noEntitlement, -106, "the card pays at most \(code.highestFare), the fare is \(fare)")
        }
    }
}
