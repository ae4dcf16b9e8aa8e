import Credential
import Gate

/// Where a code's page is.
struct CodePath: Sendable, Hashable {
    let form: Form
    /// In upper case.
    let base32: String

    /// The letter in the path.
    var letter: String { form == .enterprise ? "E" : "O" }

    /// The path's parts.
    var parts: [String] { [letter, base32] }

    /// The path, and below it another part.
    func text(_ more: String...) -> String { "/" + (parts + more).joined(separator: "/") }
}

/// A code that one of the trust list's keys signed, with everything that its page says about it.
struct CheckedCode: Sendable {
    let path: CodePath
    let credential: VerifiedCredential
    let life: CodeLife
    let status: CodeStatus

    /// Whether the page may say that the code is genuine and in force.
    var isInForce: Bool {
        if case .live = status { life == .running } else { false }
    }
}

/// Where the time lies in a code's life.
enum CodeLife: Sendable, Equatable {
    case running
    case notBegun
    case over(at: UInt64)

    init(of credential: VerifiedCredential, at now: UInt64, skewSeconds: UInt64) {
        do throws(CredentialError) {
            // The skew is allowed for the beginning alone.
            try credential.checkValidity(at: now, skewSeconds: 0)
            self = .running
        } catch {
            guard error.code == .notYetValid else {
                self = .over(at: credential.claims.expiresAt ?? 0)
                return
            }
            self = (try? credential.checkValidity(at: now, skewSeconds: skewSeconds)) == nil ? .notBegun : .running
        }
    }
}
