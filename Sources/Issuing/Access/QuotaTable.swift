package import Credential

/// How many codes of each form a user may issue a day.
package struct QuotaTable: Sendable, Equatable {
    /// The most users that the table holds.
    private static let userCountMax = 1024
    /// The most codes a day.
    private static let countMax: UInt64 = 1_000_000_000_000

    private var users: [UInt32: [Form: UInt64]] = [:]

    package init() {}

    /// The codes of a form that a user may issue a day; nil for no limit.
    package func countMax(of uid: UInt32, _ form: Form) -> UInt64? { users[uid]?[form] }

    /// Adds one line of the settings, `USER: [person=N, enterprise=N, object=N]`.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        guard let uid = UInt32(line.name), String(uid) == line.name, let words = line.list else {
            return "a line of quotas is `USER: [person=N, enterprise=N, object=N]`, where USER is a number"
        }
        guard users[uid] == nil else { return "the user \(uid) is listed twice" }
        guard users.count < Self.userCountMax else { return "there are more than \(Self.userCountMax) users" }
        var quotas: [Form: UInt64] = [:]
        for word in words {
            guard let (name, count) = SettingsLine.count(word), count <= Self.countMax,
                let form = Form.allCases.first(where: { $0.name == name }),
                quotas.updateValue(count, forKey: form) == nil
            else { return "`\(word.prefix(40))` is no quota" }
        }
        users[uid] = quotas
        return nil
    }

    /// The lines that ``add(_:)`` reads, sorted by user; `{}` for an empty table.
    var text: String {
        guard !users.isEmpty else { return "{}" }
        return users.sorted { $0.key < $1.key }.map { uid, quotas in
            let words = Form.allCases.compactMap { form in quotas[form].map { "\(form.name)=\($0)" } }
            return "\n  \(uid): [\(words.joined(separator: ", "))]"
        }.joined()
    }
}
