import Credential
import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// Lets a phone receive a subject's codes once: `{"offer", "link", "pin", "lossCode", "expiresAt", "days"}`.
    package static let makeOffer = change(
        "wallet.offer", takes: ["subject", "ward", "scope", "days", "isWithoutPIN"]
    ) {
        try $0.offering($1, by: $2)
    }
}

extension IssuingService {
    /// The days of a strip where nobody names them.
    package static let walletDaysDefault: UInt64 = 7
    private static let pinDigitCount = 6

    /// Keeps no idempotency key: its answer has the offer's secret.
    fileprivate func offering(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        try caller.grants.require(.issuer(.person))
        let origin = try walletOrigin()
        guard settings.suite != .sm2 else {
            throw OperationError(
                code: .suiteUnsupported, reason: "no browser has SM2 keys, so no wallet can hold this issuer's codes",
                hint: "issue the codes with `suishen issue` to a phone's own program")
        }
        let subject = try offered(request)
        let isWithoutPIN = try request.flag("isWithoutPIN")
        let secrets = try offerSecrets(isWithoutPIN: isWithoutPIN)
        return { [registry] database in
            for name in [subject.subject, subject.guardian].compactMap(\.self) {
                guard case .person = try registry.subject(SubjectIdentifier(name), in: database) else {
                    throw StorageError.subjectUnknown
                }
            }
            let offer = try registry.makeOffer(subject, secrets, at: caller.now, in: database)
            let identifier = JSONValue.string(Hex.encode(offer.identifier))
            let answer: JSONValue = [
                "offer": identifier, "link": .string("\(origin)/w/#offer=\(Base64.encodeURL(secrets.secret))"),
                "pin": secrets.pin.map { .string($0) } ?? .null, "lossCode": .string(LossCode.text(secrets.loss)),
                "expiresAt": .integer(Int64(clamping: offer.expiresAt)),
                "days": .integer(Int64(clamping: subject.days)),
            ]
            return ChangeOutcome(answer, subject: subject.subject, detail: subject.detail(["offer": identifier]))
        }
    }

    /// The wallet's origin.
    ///
    /// - Throws: `wallets_off`.
    func walletOrigin() throws(OperationError) -> String {
        guard let origin = settings.walletOrigin else { throw OperationError.walletsOff }
        return origin
    }

    /// What the offer is for; with a ward, the named subject is the guardian.
    private func offered(_ request: RequestFields) throws(OperationError) -> OfferRecord.Subject {
        let days = try request.optionalUnsigned("days") ?? Self.walletDaysDefault
        guard (1...Self.stripCountMax).contains(days) else {
            throw OperationError(
                code: .countInvalid, reason: "a strip holds 1 to \(Self.stripCountMax) days",
                hint: "ask for fewer; the phone renews them by itself")
        }
        let named = try SubjectIdentifier.person(named: try request.string("subject"))
        let scope = try request.optionalUnsigned("scope")
        guard let ward = try request.optionalString("ward").map(SubjectIdentifier.person(named:)) else {
            guard scope == nil else { throw Self.scopeInvalid }
            return OfferRecord.Subject(subject: named.text, guardian: nil, scope: 0, days: days)
        }
        guard ward != named, (1...DelegationScope.all).contains(scope ?? DelegationScope.all) else {
            throw Self.scopeInvalid
        }
        return OfferRecord.Subject(
            subject: ward.text, guardian: named.text, scope: scope ?? DelegationScope.all, days: days)
    }

    private static var scopeInvalid: OperationError {
        OperationError(
            code: .guardianInvalid,
            reason: "a scope of 1 to \(DelegationScope.all) goes with a ward, who is another person than the guardian",
            hint: "name another person's subject as the ward, or leave the scope out")
    }

    private func offerSecrets(isWithoutPIN: Bool) throws(OperationError) -> Registry.OfferSecrets {
        do {
            let secret = try random.bytes(Registry.offerSecretByteCount)
            return Registry.OfferSecrets(
                secret: secret, code: DigestAlgorithm.sha256.digest(secret), pin: isWithoutPIN ? nil : try newPIN(),
                loss: try random.bytes(LossCode.byteCount))
        } catch {
            throw OperationError(error)
        }
    }

    /// Six digits; 64 random bits leave no digit more likely than another by more than one part in 2⁴⁴.
    private func newPIN() throws(SigningError) -> String {
        let number = try random.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } % 1_000_000
        let digits = String(number)
        return String(repeating: "0", count: Self.pinDigitCount - digits.count) + digits
    }
}

extension OfferRecord.Subject {
    /// Particulars for the audit trail: the guardian's subject, never a name.
    func detail(_ others: JSONObject) -> JSONValue {
        var detail = others
        detail["guardian"] = guardian.map { .string($0) }
        return .object(detail)
    }
}

extension SubjectIdentifier {
    /// A person's identifier.
    ///
    /// - Throws: `subject_unknown` for any other name.
    static func person(named text: String) throws(OperationError) -> SubjectIdentifier {
        guard let subject = try? SubjectIdentifier(text), case .person = subject else {
            throw OperationError(StorageError.subjectUnknown)
        }
        return subject
    }
}
