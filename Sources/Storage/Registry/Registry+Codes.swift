package import Credential
import Encoding

extension Registry {
    /// Records a code, so that it can be revoked and counted, and its digest, so that its issue is published.
    ///
    /// - Parameters:
    ///   - code: the code.
    ///   - issuanceDigest: SHA-256 of the bytes that the code's signature covers.
    ///   - now: the time of the issue, in seconds since 1970-01-01T00:00:00Z.
    ///   - transaction: an open transaction.
    /// - Throws: `registry_unwritable` for a second code with the same identifier or status index.
    package func record(
        _ code: IssuedCodeRecord, issuanceDigest: [UInt8], at now: UInt64, in transaction: any RegistryTransaction
    ) throws {
        try transaction.insertCode(code)
        try transaction.insertIssuance(digest: issuanceDigest, minute: now / 60)
    }

    /// Revokes one code by its identifier, or every live code that a subject holds or is guardian of.
    ///
    /// A subject's holdings end with its codes, and so do its open offers.
    ///
    /// - Returns: the newly revoked indices.
    /// - Throws: `code_unknown` when no live code and no subject has that name.
    package func revoke(
        _ target: RevocationTarget, reason: String?, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> [StatusPlace] {
        let places = try transaction.liveStatusPlaces(code: target.code, subject: target.subject?.text, at: now)
        guard try !places.isEmpty || isRegistered(target.subject, in: transaction) else {
            throw StorageError(
                code: .codeUnknown, reason: "no live code or subject has that name",
                hint: "give the `cti` of an issue answer, or a `subject`")
        }
        if let subject = target.subject { try Self.endWallets(of: subject.text, at: now, in: transaction) }
        return try revoke(places, reason: reason, at: now, in: transaction)
    }

    /// Revokes indices that are not revoked yet.
    ///
    /// - Returns: these indices.
    func revoke(
        _ places: [StatusPlace], reason: String?, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> [StatusPlace] {
        var revoked: [StatusPlace] = []
        for place in places {
            guard place.index < Self.statusIndexCount else { throw StorageError.corruptRow("the index of a code") }
            let sealed = try reason.map { try cipher.sealed(reason: $0, list: place.list, statusIndex: place.index) }
            if try transaction.revoke(place, at: now, sealedReason: sealed) { revoked.append(place) }
        }
        return revoked
    }

    private func isRegistered(_ identifier: SubjectIdentifier?, in snapshot: any RegistrySnapshot) throws -> Bool {
        guard let identifier else { return false }
        do {
            _ = try subject(identifier, in: snapshot)
            return true
        } catch let error as StorageError where error.code == .subjectUnknown {
            return false
        }
    }
}

/// The registry's record of a code; the code's text is not kept.
package struct IssuedCodeRecord: Sendable {
    /// The `cti`, or random bytes for a form without a `cti`.
    package let id: [UInt8]
    package let subject: String
    package let form: Form
    package let kind: PersonKind?
    package let list: StatusListReference?
    package let statusIndex: UInt64?
    /// The guardian of a delegated code, whose bit is in the same list.
    package let actor: String?
    package let actorIndex: UInt64?
    package let issuedAt: UInt64
    package let expiresAt: UInt64?
    package let keyIdentifier: [UInt8]
    /// The holding that the code was issued to; nil for a code without a wallet.
    package let holding: [UInt8]?

    package init(
        id: [UInt8], subject: String, claims: Claims, actor: String?, keyIdentifier: [UInt8], holding: [UInt8]? = nil
    ) {
        self.init(
            id: id, subject: subject, form: claims.form, kind: claims.person?.kind, list: claims.statusList,
            statusIndex: claims.statusIndices.first, actor: actor, actorIndex: claims.person?.actor?.statusIndex,
            issuedAt: claims.issuedAt, expiresAt: claims.expiresAt, keyIdentifier: keyIdentifier,
            holding: holding)
    }

    package init(
        id: [UInt8], subject: String, form: Form, kind: PersonKind?, list: StatusListReference?, statusIndex: UInt64?,
        actor: String?, actorIndex: UInt64?, issuedAt: UInt64, expiresAt: UInt64?, keyIdentifier: [UInt8],
        holding: [UInt8]? = nil
    ) {
        self.id = id
        self.subject = subject
        self.form = form
        self.kind = kind
        self.list = list
        self.statusIndex = statusIndex
        self.actor = actor
        self.actorIndex = actorIndex
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.keyIdentifier = keyIdentifier
        self.holding = holding
    }
}

/// The subject of a revocation: one code by its identifier, or a subject's codes.
package struct RevocationTarget: Sendable, Equatable {
    /// The identifier of a code; nil when the name cannot be a code's.
    let code: [UInt8]?
    /// The subject; nil when the name cannot be a subject's.
    ///
    /// A name of eight bytes can be a code or a subject.
    let subject: SubjectIdentifier?
    /// The normal form, as answers and the audit trail show it.
    package let text: String

    /// Reads a name in either letter case; a name of neither a code nor a subject finds nothing.
    package init(_ name: String) {
        code = try? Hex.decode(name)
        subject = try? SubjectIdentifier(name)
        text = subject?.text ?? code.map(Hex.encode) ?? name
    }
}
