package import Signing

/// What an installation may set, with the defaults that `suishen init` writes out.
package struct Settings: Sendable, Equatable {
    /// The issuer's short name, 1 to 8 characters.
    package var issuer = "SH"
    /// The host in enterprise and object codes.
    package var host = "CODE.SUISHEN.EXAMPLE"
    package var suite = Suite.ed25519
    package var personLifetimeSeconds: UInt64 = 86_400
    package var timedLifetimeSeconds: UInt64 = 120
    package var paperLifetimeSeconds: UInt64 = 90 * 86_400
    package var enterpriseLifetimeSeconds: UInt64 = 365 * 86_400
    package var bundleLifetimeSeconds: UInt64 = 3 * 86_400
    /// A bundle that is fresh for three days ends on the fourth.
    package var epochKeyDays: UInt64 = 4
    package var statusHeadroomCount: UInt64 = 1 << 20
    package var keyLifetimeDays: UInt64 = 3650
    package var logHeadsInterval: UInt64 = 65_536
    package var stopTimeoutSeconds: UInt64 = 20
    /// Where the beat is; nil for `DIR.beat` beside the folder.
    package var beat: String?
    package var socket = SocketAccess()
    package var roles = RoleTable()

    /// The longest that a bundle may be fresh: 30 days.
    package static let bundleLifetimeSecondsMax: UInt64 = 30 * 86_400

    /// The most bytes of the file: room for as many users as may have roles.
    private static let byteCountMax = 256 << 10

    package init() {}

    /// Reads the settings file, which only its owner may read.
    ///
    /// - Throws: `settings_invalid`, or what the file lacks.
    init(contentsOf path: String) throws(OperationError) {
        let bytes: [UInt8]
        do {
            bytes = try SecretFile.read(path, byteCountMax: Self.byteCountMax)
        } catch {
            throw OperationError(error)
        }
        try self.init(text: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads the settings file: `name: value` lines of YAML, each name known and given once.
    ///
    /// - Parameter text: the file's content.
    /// - Throws: `settings_invalid`, which names every mistake at once.
    package init(text: String) throws(OperationError) {
        var mistakes: [String] = []
        var seen: Set<String> = []
        var isInRoles = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let uncommented = line.prefix { $0 != "#" }
            let content = uncommented.trimmingSpaces
            guard !content.isEmpty else { continue }
            let mistake: String?
            if isInRoles, uncommented.first == " " {
                mistake = roles.add(line: String(content))
            } else {
                mistake = read(content, seen: &seen)
                isInRoles = content == "roles:"
            }
            if let mistake { mistakes.append("line \(number + 1): \(mistake)") }
        }
        guard mistakes.isEmpty else {
            throw OperationError(
                code: .settingsInvalid, reason: mistakes.joined(separator: "; "),
                hint: "mend these lines of suishend.yaml; the comments there say what each takes")
        }
    }

    /// Reads one `name: value` line; gives what is wrong with it, or nil.
    private mutating func read(_ line: Substring, seen: inout Set<String>) -> String? {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].trimmingSpaces)
        guard parts.count == 2, seen.insert(name).inserted,
            let field = Self.fields.first(where: { $0.name == name })
        else { return "`\(name.prefix(40))` is unknown, given twice, or has no value" }
        return field.read(String(parts[1].trimmingSpaces), &self) ? nil : "`\(name)` takes \(field.takes)"
    }

    /// The settings file, each value with its meaning and unit.
    package var text: String {
        Self.fields.map { field in
            let value = field.write(self)
            let comment = "\(field.comment); takes \(field.takes)".split(separator: "\n").map { "# \($0)\n" }.joined()
            return "\(comment)\(field.name):\(value.first == "\n" ? "" : " ")\(value)\n"
        }.joined(separator: "\n")
    }
}
