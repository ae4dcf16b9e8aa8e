package import Credential

/// A role that a user can have (Issuing.docc/Roles.md#The-roles).
package enum Role: Sendable, Hashable {
    /// Registers subjects of one form, and issues their codes.
    case issuer(Form)
    /// Appends events in the name of the actors that the role lists.
    case inspector
    /// Reads the audit trail, histories and the log.
    case auditor
    /// Revokes, exports, erases, and changes keys.
    case `operator`
    /// Passes gates' reports on, and does nothing else: the user of the web server in front of the daemon.
    case gate

    package static let all = staff + [.gate]
    /// The roles of the issuer's own people, each of whom may read what needs no particular role.
    package static let staff = Form.allCases.map(Role.issuer) + [.inspector, .auditor, .operator]

    /// The role's name in the settings.
    package var name: String {
        switch self {
        case .issuer(let form): "issuer:\(form.name)"
        case .inspector: "inspector"
        case .auditor: "auditor"
        case .operator: "operator"
        case .gate: "gate"
        }
    }
}
