/// The kinds of the service's own acts; no other term enters the log of acts.
package enum ActTerm: String, Sendable, CaseIterable {
    /// A key was replaced with a new one.
    case keyRotate = "key.rotate"
    case keyRetire = "key.retire"
    case keyCompromise = "key.compromise"
    /// The daemon has taken root documents up to this version.
    case rootTake = "root.take"
    /// The daemon signs bundles with this key from now on.
    case bundleKeyUse = "bundle-key.use"
    /// Domain keys left in a bundle.
    case bundleExport = "bundle.export"
    /// One gate's domain keys were sealed to it.
    case gateKeys = "gate.keys"
    /// Several gates' domain keys were sealed to them in one step.
    case gatesKeys = "gates.keys"
    /// The roles in the settings differ from those at the previous start.
    case rolesChange = "roles.change"
    /// Codes were revoked; each commitment is to one index of a list.
    case codeRevoke = "code.revoke"
    case gateRegister = "gate.register"
    case gateSuspend = "gate.suspend"
    case gateResume = "gate.resume"
    case gateRevoke = "gate.revoke"
    /// A gate has another key to which its domain keys are sealed.
    case gateRekey = "gate.rekey"
    /// Settings and keys left for a new daemon; the commitment is to its name.
    case daemonJoin = "daemon.join"
    case registryRecover = "registry.recover"
    /// The operator's trail has these lines.
    case trail
    /// Codes were issued; see ``IssuedStatement``.
    case issued

    /// The names of the act's fields, in ascending order; every act has all of them and no other.
    package var fieldNames: [String] {
        switch self {
        case .keyRotate: ["kid", "uses"]
        case .keyRetire, .keyCompromise, .bundleKeyUse: ["kid"]
        case .rootTake: ["digest", "version"]
        case .bundleExport: ["domains", "version"]
        case .gateKeys: ["domains", "gate", "iat"]
        case .gatesKeys: ["count", "first", "last"]
        case .rolesChange: ["roles"]
        case .codeRevoke: ["count"]
        case .gateRegister: ["domains", "fingerprint", "gate"]
        case .gateSuspend, .gateResume, .gateRevoke: ["gate"]
        case .gateRekey: ["fingerprint", "gate"]
        case .daemonJoin: ["files", "key"]
        case .registryRecover: ["number"]
        case .trail: ["hash", "number"]
        case .issued: ["bits", "count", "minute", "root", "span"]
        }
    }

    /// The identifier of the chain that has the acts of this term: 9 to 16 letters of ASCII.
    package var stream: ObjectID {
        let name =
            switch self {
            case .keyRotate, .keyRetire, .keyCompromise, .daemonJoin: "acts.keys"
            case .rootTake, .bundleKeyUse: "acts.roots"
            case .bundleExport, .gateKeys, .gatesKeys: "acts.domains"
            case .rolesChange: "acts.roles"
            case .codeRevoke: "acts.revocations"
            case .gateRegister, .gateSuspend, .gateResume, .gateRevoke, .gateRekey: "acts.gates"
            case .registryRecover: "acts.recoveries"
            case .trail: "acts.trail"
            case .issued: "acts.issuances"
            }
        return ObjectID(stream: name)
    }

    /// The name of the stream whose chain has an object identifier; nil for every other object.
    package static func streamName(of object: [UInt8]) -> String? {
        allCases.contains { $0.stream.bytes == object } ? String(decoding: object, as: UTF8.self) : nil
    }

    /// Finds a term by its name.
    ///
    /// - Throws: `unknown_term`.
    init(term: String) throws(TraceLogError) {
        guard let known = Self(rawValue: term) else {
            throw TraceLogError(
                code: .unknownTerm, reason: "the term is not an act of the service",
                hint: "read the log with the version that wrote it")
        }
        self = known
    }
}
