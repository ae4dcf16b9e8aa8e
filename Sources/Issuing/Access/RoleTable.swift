/// The roles of each user, by the user number that SO_PEERCRED gives.
package struct RoleTable: Sendable, Equatable {
    /// The most users that the table holds.
    package static let userCountMax = 1024

    package private(set) var grants: [UInt32: Grants] = [:]

    package init() {}

    /// The grants of a user; the daemon's own user may do everything unless the table lists it.
    package func grants(of uid: UInt32, owner: UInt32) -> Grants {
        grants[uid] ?? (uid == owner ? .everything : .none)
    }

    /// Adds one line of the settings, `USER: [ROLE, …]`.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        guard let uid = UInt32(line.name), String(uid) == line.name, let words = line.list else {
            return "a role line is `USER: [ROLE, …]`, where USER is a number"
        }
        guard grants[uid] == nil else { return "the user \(uid) is listed twice" }
        guard grants.count < Self.userCountMax else { return "there are more than \(Self.userCountMax) users" }
        var given = Grants.none
        let unknown = words.filter { !given.add($0) }
        guard unknown.isEmpty else { return "the user \(uid) has unknown roles: \(Self.quoted(unknown))" }
        grants[uid] = given
        return nil
    }

    /// The lines that ``add(_:)`` reads, sorted by user; `{}` for an empty table.
    var text: String {
        guard !grants.isEmpty else { return "{}" }
        return grants.sorted { $0.key < $1.key }.map { uid, given in
            "\n  \(uid): [\(given.words.joined(separator: ", "))]"
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
