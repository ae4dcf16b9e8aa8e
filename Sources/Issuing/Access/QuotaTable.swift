package import Credential
package import Storage

/// How many codes of each form a caller may issue a day.
package struct QuotaTable: Sendable, Equatable {
    /// The most callers that the table holds.
    private static let userCountMax = 1024
    /// The most codes a day.
    private static let countMax: UInt64 = 1_000_000_000_000

    private var callers: [CallerIdentity: [Form: UInt64]] = [:]

    package init() {}

    /// The codes of a form that a caller may issue a day; nil for no limit.
    package func countMax(of caller: CallerIdentity, _ form: Form) -> UInt64? { callers[caller]?[form] }

    /// Adds one line of the settings, `CALLER: [person=N, enterprise=N, object=N]`.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        guard let caller = CallerIdentity(line.name), let words = line.list else {
            return
                "a line of quotas is `CALLER: [person=N, enterprise=N, object=N]`, where CALLER is a user's number or "
                + "the name in a certificate"
        }
        guard callers[caller] == nil else { return "\(caller.text) is listed twice" }
        guard callers.count < Self.userCountMax else { return "there are more than \(Self.userCountMax) callers" }
        var quotas: [Form: UInt64] = [:]
        for word in words {
            guard let (name, count) = SettingsLine.count(word), count <= Self.countMax,
                let form = Form.allCases.first(where: { $0.name == name }),
                quotas.updateValue(count, forKey: form) == nil
            else { return "`\(word.prefix(40))` is no quota" }
        }
        callers[caller] = quotas
        return nil
    }

    /// The lines that ``add(_:)`` reads, sorted by caller; `{}` for an empty table.
    var text: String {
        guard !callers.isEmpty else { return "{}" }
        return callers.sorted { $0.key < $1.key }.map { caller, quotas in
            let words = Form.allCases.compactMap { form in quotas[form].map { "\(form.name)=\($0)" } }
            return "\n  \(caller.text): [\(words.joined(separator: ", "))]"
        }.joined()
    }
}
