import ForeignCodes

/// The checks of a medical-insurance code, in their order.
enum MedicalCheck: String, Sendable, CaseIterable {
    case readable, insurer, insurance
}

/// The scanned digits are a medical-insurance code.
struct ReadableMedicalCode: Proof {
    static let check = MedicalCheck.readable
    let code: MedicalInsuranceCode

    init(_ payload: [UInt8]) throws(Refusal) {
        guard let code = MedicalInsuranceCode(String(decoding: payload, as: UTF8.self)) else {
            throw Refusal(.malformed, "the digits are not a medical-insurance code")
        }
        self.code = code
    }
}

/// The insurer names the code's holder; the digits alone identify nobody.
struct KnownToInsurer: Proof {
    static let check = MedicalCheck.insurer
    let person: InsuredPerson

    init(_ code: ReadableMedicalCode, in scene: Scene, link: MedicalLink?, at now: UInt64) throws(Refusal) {
        guard scene.isOnlineAllowed else {
            throw Refusal(.linkUnavailable, "\(scene.name) works offline, and this code needs the insurer's answer")
        }
        guard let link else { throw Refusal(.linkUnavailable, "the gate has no link to the insurer") }
        do {
            person = try link.resolve(code.code, at: now)
        } catch {
            let code = RefusalCode(rawValue: error.code.rawValue) ?? .linkUnavailable
            throw Refusal(code, error.reason, hint: error.hint)
        }
    }
}

/// The insurance may be used now.
struct InsuranceActive: Proof {
    static let check = MedicalCheck.insurance

    init(_ known: KnownToInsurer) throws(Refusal) {
        guard known.person.isActive else {
            throw Refusal(.noEntitlement, "the insurer says that the insurance is \(known.person.status)")
        }
    }
}
