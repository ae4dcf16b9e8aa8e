import Credential
import Encoding
import Platform

extension CodeProof {
    /// How old a phone's signature may be, in seconds; shipped scenes have the same limit.
    private static let presentationAgeSecondsMax: UInt64 = 30
    /// How far a phone's clock may be ahead, in seconds.
    private static let phoneSkewSeconds: UInt64 = 15

    /// A scanned code of any form: signed by a key of the trust list, in its life, and a person's shown by the phone now.
    ///
    /// The answer says nothing about a person: only the code's kind, issuer and times. The parts are the scanned text, and
    /// the time in seconds.
    @inline(never)
    mutating func takeShown(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        claims = nil
        guard let trust else { throw .misused }
        let (text, now) = (try parts.text(0), try parts.number(1))
        let verified: VerifiedCredential
        do throws(CredentialError) {
            let scanned = try UnverifiedCredential(text: text)
            guard trust.bundle.issuers.contains(where: { $0.keyIdentifier == scanned.keyIdentifier }) else {
                throw CredentialError(
                    code: .badSignature, reason: "the trust list has no such key", hint: "scan a code of this service")
            }
            verified = try Self.verified(scanned, by: trust, at: now)
            try verified.checkValidity(at: now, skewSeconds: PageTrust.clockSkewSeconds)
            try verified.checkedPresentation()?.checkFreshness(
                at: now, ageSecondsMax: Self.presentationAgeSecondsMax, skewSeconds: Self.phoneSkewSeconds)
        } catch {
            throw StepFailure(error.codeText, error.reason)
        }
        claims = verified.claims
        var answer = Self.described(verified.claims)
        answer["form"] = .string(verified.claims.form.name)
        return answer
    }
}
