import Gate

/// Everything that pages say, in one language; a missing sentence does not compile.
struct Words: Sendable {
    /// A heading with an explanation below it.
    struct Notice: Sendable {
        let title: String
        let detail: String
    }

    /// The frame of every page.
    struct Frame: Sendable {
        let service, skip, languages, sizes, usualSize, largeSize: String
    }

    /// What the first lines of a code's page say.
    struct Verdicts: Sendable {
        let genuine, revoked, statusUnknown, over, notBegun: Notice
        let malformed, forged, unknownIssuer, keyEnded, wrongUse, undecided: Notice
        let objectUnknown, registered, notRegistered: Notice
        /// Before a time.
        let asOf: String
    }

    /// The names of facts.
    struct Facts: Sendable {
        let object, place, enterprise, category, name, manager, position, openMap, issuer, issued, validUntil: String
        let identifier, uscc, unknownCategory, inspections, inspectionsNote, notNamed: String
        let datum: @Sendable (_ isOffset: Bool) -> String
    }

    /// The timeline.
    struct Timeline: Sendable {
        let heading, empty, unavailable, cut, recordedBy, service, place, state, document, corrects: String
        let proved, pending, proof, keyChange, heads, newer, older: String
        let personal: @Sendable (Int) -> String
        let erased: @Sendable (Int) -> String
        let erasure: @Sendable (_ sequence: String) -> String
        let page: @Sendable (_ number: Int, _ count: Int) -> String
        let total: @Sendable (Int) -> String
    }

    /// What the page proves, and what it cannot.
    struct Proving: Sendable {
        let heading, unchecked, command, commandNote, downloads, json, epcis, linkset, signed, checkpoint: String
        let proves, provesNot, provesOfEnterprise, provesNotOfEnterprise: [String]
        let provesTitle, provesNotTitle: String
    }

    /// The report of a fault.
    struct Reporting: Sendable {
        let link, heading, kind, text, send, privacy, sent, back: String
        let kinds: [String: String]
        let refused: Notice
    }

    /// Errors that are no verdict about a code.
    struct Failures: Sendable {
        let pathUnknown, unavailable, badRequest, logDamaged: Notice
        /// Before the stable code of an error.
        let code: String
        let checkInLink: String
    }

    let frame: Frame
    let verdicts: Verdicts
    let facts: Facts
    let timeline: Timeline
    let proving: Proving
    let reporting: Reporting
    let failures: Failures

    static func of(_ language: PageLanguage) -> Words {
        switch language {
        case .chinese: .chinese
        case .english: .english
        }
    }

    /// What a page says about a code that is refused.
    func notice(of code: RefusalCode) -> Notice {
        switch code {
        case .unknownIssuer: verdicts.unknownIssuer
        case .badSignature, .algorithmMismatch: verdicts.forged
        case .keyExpired: verdicts.keyEnded
        case .keyNotForThisUse, .wrongForm: verdicts.wrongUse
        default: code.outcome == .undecided ? verdicts.undecided : verdicts.malformed
        }
    }
}
