import Encoding

/// What a key signs day by day, and so may be replaced for.
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

    /// The file of the first such key; later ones bear their key identifier.
    var firstFile: String { rawValue + ".pem" }

    func file(_ keyIdentifier: [UInt8]) -> String { "\(rawValue)-\(Hex.encode(keyIdentifier)).pem" }
}
