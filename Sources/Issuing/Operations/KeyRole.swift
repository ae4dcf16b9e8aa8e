import Encoding

/// The role of a key that signs every day and can be replaced.
package enum KeyRole: String, Sendable, CaseIterable {
    /// Codes of all three forms.
    case issuer
    /// Status lists.
    case status

    /// The uses that the trust list gives such a key.
    var uses: [String] {
        switch self {
        case .issuer: ["person", "enterprise", "object"]
        case .status: ["statuslist"]
        }
    }

    /// The file of the role's first key; the files of later keys are named after their key identifiers.
    var firstFile: String { rawValue + ".pem" }

    func file(_ keyIdentifier: [UInt8]) -> String { "\(rawValue)-\(Hex.encode(keyIdentifier)).pem" }
}
