import Credential

/// Everything that one caller may do.
package struct Grants: Sendable, Equatable {
    /// The actors in whose name an inspector appends events.
    package enum Actors: Sendable, Equatable {
        case all
        case only(Set<String>)
    }

    package private(set) var roles: Set<Role>
    package private(set) var actors: Actors

    package static let none = Grants(roles: [], actors: .only([]))
    /// The grants of a user who holds the files and keys, and needs no role to fetch them.
    package static let everything = Grants(roles: Set(Role.all).subtracting([.daemon]), actors: .all)

    package init(roles: Set<Role>, actors: Actors = .only([])) {
        self.roles = roles
        self.actors = actors
    }

    /// Adds one word of the settings: a role's name, `issuer` for all forms, `inspector:USCC` or `inspector:*`.
    ///
    /// - Returns: false for an unknown word, which adds nothing.
    mutating func add(_ word: String) -> Bool {
        let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.first == "inspector" else {
            let added = word == "issuer" ? Form.allCases.map(Role.issuer) : Role.all.filter { $0.name == word }
            roles.formUnion(added)
            return !added.isEmpty
        }
        guard parts.count == 2 else { return false }
        if parts[1] == "*" {
            actors = .all
        } else {
            guard let uscc = try? USCC(parts[1]) else { return false }
            if case .only(let named) = actors { actors = .only(named.union([uscc.text])) }
        }
        roles.insert(.inspector)
        return true
    }

    /// The words that ``add(_:)`` takes, in a fixed order.
    var words: [String] {
        Role.all.filter(roles.contains).flatMap { role -> [String] in
            guard role == .inspector else { return [role.name] }
            guard case .only(let named) = actors else { return ["inspector:*"] }
            return named.sorted().map { "inspector:\($0)" }
        }
    }

    /// Refuses a user who does not have the role.
    ///
    /// - Throws: `not_permitted`.
    package func require(_ role: Role) throws(OperationError) {
        guard roles.contains(role) else { throw Self.missingRole([role]) }
    }

    /// Refuses an actor in whose name this user may not append events.
    ///
    /// An empty `uscc` names the service itself; only a user who may append for every actor may append for it.
    ///
    /// - Throws: `not_permitted`.
    package func requireActor(_ uscc: String) throws(OperationError) {
        try require(.inspector)
        if case .only(let named) = actors, !named.contains(uscc) {
            throw OperationError(
                code: .notPermitted,
                reason: "this caller may not append events for \(uscc.isEmpty ? "the service" : uscc)",
                hint: "name an `actor` that suishend.yaml lists for this caller as `inspector:USCC` under `roles`")
        }
    }

    package static func missingRole(_ roles: [Role]) -> OperationError {
        let names = roles.map(\.name).joined(separator: " or ")
        return OperationError(
            code: .notPermitted, reason: "this caller does not have the role \(names)",
            hint: "ask the operator to add the role under `roles` in suishend.yaml, which the daemon then reads anew")
    }
}
