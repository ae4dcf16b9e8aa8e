import Credential
import Signing
import Storage

/// One person code to issue.
struct PersonCodeOrder: Sendable {
    let subject: SubjectIdentifier
    /// The guardian whose phone carries the code; nil for the person's own.
    let guardian: SubjectIdentifier?
    /// The uses that the guardian is granted, as bits.
    let scope: UInt64
    let kind: PersonKind
    let binding: Binding
    /// Seconds since 1970-01-01T00:00:00Z; later than now for the later days of a strip.
    let issuedAt: UInt64
    /// Seconds.
    let lifetime: UInt64
    /// The holding that gets the code; nil without a wallet.
    let holding: [UInt8]?
}

extension IssuingService {
    /// Takes a status index for a person's code, seals the person's identifiers, and records the code.
    ///
    /// - Returns: the code, which only needs a signature.
    /// - Throws: `guardian_invalid`, `key_missing`, or an error of the registry.
    func personCode(
        _ order: PersonCodeOrder, _ links: PersonLinks, at time: SigningTime, in database: any RegistryTransaction
    ) throws -> PreparedCredential {
        let cti = try random.bytes(PersonClaims.identifierByteCount)
        let day = order.issuedAt / 86_400
        let list = StatusListReference(
            issuer: settings.issuer, form: .person, day: order.kind == .paper ? nil : day)
        let index = order.kind == .timed ? nil : try registry.takeStatusIndex(in: list, in: database)
        let claims = PersonClaims(
            cti: cti, kind: order.kind, statusIndex: index, binding: order.binding,
            seals: try seals(links, cti: cti, kind: order.kind, day: day),
            actor: try delegation(order, list: list, in: database))
        let prepared = try record(
            .person(claims), id: cti, of: order.subject, guardian: order.guardian, holding: order.holding,
            issuedAt: order.issuedAt, expiresAt: order.issuedAt + order.lifetime, at: time, in: database)
        if order.issuedAt > time.seconds {
            try Registry.noteLaterCode(issuedAt: order.issuedAt, by: prepared.keyIdentifier, in: database)
        }
        return prepared
    }

    private func seals(_ links: PersonLinks, cti: [UInt8], kind: PersonKind, day: UInt64) throws -> [UInt8] {
        var identifiers: [SealDomain: (identifier: [UInt8], epochKey: EpochKey)] = [:]
        // A paper code outlives every epoch key, so it carries random bytes in place of both seals.
        if kind != .paper {
            for (domain, identifier) in [(SealDomain.medical, links.medical), (.transit, links.transit)] {
                guard let identifier else { continue }
                identifiers[domain] = (identifier, try keys.epochKey(domain, day: day, suite: settings.suite))
            }
        }
        return try Seals(suite: settings.suite, cti: cti).sealed(identifiers, random: SystemRandom())
    }

    private func delegation(
        _ order: PersonCodeOrder, list: StatusListReference, in database: any RegistryTransaction
    ) throws -> Delegation? {
        guard let guardian = order.guardian else { return nil }
        guard case .person = try registry.subject(guardian, in: database) else {
            throw OperationError(
                code: .guardianInvalid, reason: "the guardian is not a person", hint: "name a person's subject")
        }
        return Delegation(
            guardian: try random.bytes(PersonClaims.identifierByteCount),
            statusIndex: try registry.takeStatusIndex(in: list, in: database), scope: order.scope)
    }
}
