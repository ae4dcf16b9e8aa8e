import Encoding
import Signing

extension Claims {
    /// Checks lengths, lifetimes, and the claims that each kind must have; both readers and issuers do so.
    ///
    /// Throws `malformed`. `algorithm` is the issuer's, which determines the type of a device key of 33 bytes.
    func check(algorithm: SignatureAlgorithm) throws(CredentialError) {
        guard Self.issuerCharacterCounts.contains(issuer.count), issuer.utf8.count <= 32 else {
            throw .malformed("an issuer's name of \(issuer.count) characters, expected 1 to 8")
        }
        guard !issuer.unicodeScalars.contains(where: { $0.isUnseen }) else {
            throw .malformed("an issuer's name with characters that hide or reorder text")
        }
        if let expiresAt {
            guard expiresAt > issuedAt else { throw .malformed("the code expires before it is issued") }
            if let lifetimeSecondsMax, expiresAt - issuedAt > lifetimeSecondsMax {
                throw .malformed(
                    "a lifetime of \(expiresAt - issuedAt) seconds, more than the limit of \(lifetimeSecondsMax)")
            }
            if let notBefore, !(issuedAt..<expiresAt).contains(notBefore) {
                throw .malformed("the code begins outside its lifetime")
            }
        }
        guard (expiresAt == nil) == (form == .object) else {
            throw .malformed("object codes must have no expiry, all others must have one")
        }
        guard notBefore == nil || form == .person else { throw .malformed("only person codes may have claim 5") }
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
        guard cti.count == Self.identifierByteCount else { throw .malformed("a cti of \(cti.count) bytes, expected 8") }
        guard seals.count == Self.sealsByteCount else { throw .malformed("seals of \(seals.count) bytes, expected 32") }
        guard (statusIndex == nil) == (kind == .timed) else {
            throw .malformed("timed codes must have no status index, all others must have one")
        }
        if let statusIndex { try Claims.check(statusIndex: statusIndex) }
        switch (kind, binding) {
        case (.signed, .deviceKey(let key)):
            guard Self.deviceKeyAlgorithm(byteCount: key.count, issuedWith: algorithm) != nil else {
                throw .malformed("a device key of \(key.count) bytes")
            }
        case (.chain, .anchor(let anchor)):
            guard anchor.count == HashChain.linkByteCount else {
                throw .malformed("an anchor of \(anchor.count) bytes, expected 16")
            }
        case (.timed, .none), (.paper, .none): break
        default: throw .malformed("the binding does not fit kind \(kind.name)")
        }
        guard let actor else { return }
        guard kind.isPresented else { throw .malformed("a \(kind.name) code cannot be delegated") }
        guard actor.guardian.count == Self.identifierByteCount else {
            throw .malformed("a guardian's pseudonym of \(actor.guardian.count) bytes, expected 8")
        }
        guard actor.scope <= Claims.scopeMax else { throw .malformed("a scope over \(Claims.scopeMax)") }
        try Claims.check(statusIndex: actor.statusIndex)
    }

    /// The algorithm of a device key: 32 bytes are Ed25519; 33 bytes are SM2 under an SM2 issuer, else P-256.
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
            throw .malformed("a name of \(name.utf8.count) bytes, expected 1 to 96")
        }
        guard !name.unicodeScalars.contains(where: { $0.isUnseen }) else {
            throw .malformed("a name with characters that hide or reorder text")
        }
        try Claims.check(statusIndex: statusIndex)
    }
}

extension ObjectClaims {
    func check() throws(CredentialError) {
        guard Self.identifierByteCounts.contains(id.count) else {
            throw .malformed("an object's id of \(id.count) bytes, expected 8 to 16")
        }
        guard category <= Claims.categoryMax else { throw .malformed("a category over \(Claims.categoryMax)") }
        try Claims.check(statusIndex: statusIndex)
    }
}
