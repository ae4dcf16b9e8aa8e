import Signing

extension Claims {
    /// Checks lengths, lifetimes, and what belongs to which kind, when reading and when issuing alike.
    ///
    /// Throws `malformed`; `algorithm` is the issuer's, which says what a device key of 33 bytes is.
    func check(algorithm: SignatureAlgorithm) throws(CredentialError) {
        guard Self.issuerCharacterCounts.contains(issuer.count), issuer.utf8.count <= 32 else {
            throw .malformed("an issuer's name of \(issuer.count) characters, where 1 to 8 belong")
        }
        if let expiresAt {
            guard expiresAt > issuedAt else { throw .malformed("the code ends before it is issued") }
            if let lifetimeSecondsMax, expiresAt - issuedAt > lifetimeSecondsMax {
                throw .malformed(
                    "a life of \(expiresAt - issuedAt) seconds, where \(lifetimeSecondsMax) are the most")
            }
            if let notBefore, !(issuedAt..<expiresAt).contains(notBefore) {
                throw .malformed("the code begins outside its own life")
            }
        }
        guard (expiresAt == nil) == (form == .object) else { throw .malformed("object codes alone have no end") }
        guard notBefore == nil || form == .person else { throw .malformed("person codes alone have a beginning") }
        switch body {
        case .person(let person): try person.check(algorithm: algorithm)
        case .enterprise(let enterprise): try enterprise.check()
        case .object(let object): try object.check()
        }
    }

    private var lifetimeSecondsMax: UInt64? {
        switch body {
        case .person(let person): person.kind.lifetimeSecondsMax
        case .enterprise: Self.enterpriseLifetimeSecondsMax
        case .object: nil
        }
    }

    static func check(statusIndex: UInt64) throws(CredentialError) {
        guard statusIndex <= statusIndexMax else { throw .malformed("a status index over \(statusIndexMax)") }
    }
}

extension PersonClaims {
    func check(algorithm: SignatureAlgorithm) throws(CredentialError) {
        guard cti.count == Self.identifierByteCount else { throw .malformed("a cti of \(cti.count) bytes, not 8") }
        guard seals.count == Seals.byteCount else { throw .malformed("seals of \(seals.count) bytes, not 32") }
        guard (statusIndex == nil) == (kind == .timed) else {
            throw .malformed("timed codes alone have no status index")
        }
        if let statusIndex { try Claims.check(statusIndex: statusIndex) }
        switch (kind, binding) {
        case (.signed, .deviceKey(let key)):
            guard Self.deviceKeyAlgorithm(byteCount: key.count, issuedWith: algorithm) != nil else {
                throw .malformed("a device key of \(key.count) bytes")
            }
        case (.chain, .anchor(let anchor)):
            guard anchor.count == HashChain.linkByteCount else {
                throw .malformed("an anchor of \(anchor.count) bytes, not 16")
            }
        case (.timed, .none), (.paper, .none): break
        default: throw .malformed("the binding does not fit kind \(kind.name)")
        }
        guard let actor else { return }
        guard kind.isPresented else { throw .malformed("a \(kind.name) code cannot be delegated") }
        guard actor.guardian.count == Self.identifierByteCount else {
            throw .malformed("a guardian's pseudonym of \(actor.guardian.count) bytes, not 8")
        }
        guard actor.scope <= Claims.scopeMax else { throw .malformed("a scope over \(Claims.scopeMax)") }
        try Claims.check(statusIndex: actor.statusIndex)
    }

    /// What a device key is: 32 bytes are Ed25519; 33 are SM2 under an SM2 issuer, else P-256; nil for the rest.
    static func deviceKeyAlgorithm(
        byteCount: Int, issuedWith algorithm: SignatureAlgorithm
    ) -> SignatureAlgorithm? {
        switch (byteCount, algorithm) {
        case (33, .sm2): .sm2
        case (33, _): .es256
        case (32, .ed25519), (32, .es256): .ed25519
        default: nil
        }
    }
}

extension EnterpriseClaims {
    func check() throws(CredentialError) {
        guard (1...Self.nameByteCountMax).contains(name.utf8.count) else {
            throw .malformed("a name of \(name.utf8.count) bytes, where 1 to 96 belong")
        }
        try Claims.check(statusIndex: statusIndex)
    }
}

extension ObjectClaims {
    func check() throws(CredentialError) {
        guard Self.identifierByteCounts.contains(id.count) else {
            throw .malformed("an object's id of \(id.count) bytes, where 8 to 16 belong")
        }
        guard category <= Claims.categoryMax else { throw .malformed("a category over \(Claims.categoryMax)") }
        try Claims.check(statusIndex: statusIndex)
    }
}
