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
    /// Reads what public pages show: histories without openings, cards, status lists and the log.
    case `public`
    /// Passes phones' requests on, and does nothing else: each of them proves itself by the phone's key.
    case wallet
    /// Fetches settings and keys for a new daemon of the installation: a caller on another machine alone.
    case daemon

    package static let all = readers + [.gate, .wallet, .daemon]
    /// The roles that may read what needs no particular role.
    package static let readers = Form.allCases.map(Role.issuer) + [.inspector, .auditor, .operator, .public]

    /// The role's name in the settings.
    package var name: String {
        switch self {
        case .issuer(let form): "issuer:\(form.name)"
        case .inspector: "inspector"
        case .auditor: "auditor"
        case .operator: "operator"
        case .gate: "gate"
        case .public: "public"
        case .wallet: "wallet"
        case .daemon: "daemon"
        }
    }
}
