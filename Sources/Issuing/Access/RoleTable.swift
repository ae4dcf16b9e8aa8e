package import Storage

/// The roles of each caller: of a user by the number that SO_PEERCRED gives, of another machine's caller by the name in
/// its certificate.
package struct RoleTable: Sendable, Equatable {
    /// The most callers that the table holds.
    package static let userCountMax = 1024

    package private(set) var grants: [CallerIdentity: Grants] = [:]

    package init() {}

    /// The grants of a caller; the daemon's own user may do everything unless the table lists it.
    package func grants(of caller: CallerIdentity, owner: UInt32) -> Grants {
        grants[caller] ?? (caller == .user(owner) ? .everything : .none)
    }

    /// Adds one line of the settings, `CALLER: [ROLE, …]`.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        guard let caller = CallerIdentity(line.name), let words = line.list else {
            return "a role line is `CALLER: [ROLE, …]`, where CALLER is a user's number or the name in a certificate"
        }
        guard grants[caller] == nil else { return "\(caller.text) is listed twice" }
        guard grants.count < Self.userCountMax else { return "there are more than \(Self.userCountMax) callers" }
        var given = Grants.none
        let unknown = words.filter { !given.add($0) }
        guard unknown.isEmpty else { return "\(caller.text) has unknown roles: \(Self.quoted(unknown))" }
        if case .user = caller, given.roles.contains(.daemon) {
            return "the role `daemon` is for a caller on another machine, by the name in its certificate"
        }
        grants[caller] = given
        return nil
    }

    /// The lines that ``add(_:)`` reads, sorted by user; `{}` for an empty table.
    var text: String {
        guard !grants.isEmpty else { return "{}" }
        return grants.sorted { $0.key < $1.key }.map { caller, given in
            "\n  \(caller.text): [\(given.words.joined(separator: ", "))]"
        }.joined()
    }

    private static func quoted(_ words: [String]) -> String {
        words.map { "`\($0.prefix(40))`" }.joined(separator: ", ")
    }
}

extension StringProtocol {
    /// The text without spaces, tabs and carriage returns at both ends.
    var trimmingSpaces: SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[first...last]
    }
}
