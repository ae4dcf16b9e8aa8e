package import HardwareKeys
package import Signing

/// An installation's settings, with the defaults that `suishen init` writes.
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
    /// Four days, because a bundle that is fresh for three days expires on the fourth.
    package var epochKeyDays: UInt64 = 4
    package var statusHeadroomCount: UInt64 = 1 << 20
    package var keyLifetimeDays: UInt64 = 3650
    package var logHeadsInterval: UInt64 = 65_536
    package var stopTimeoutSeconds: UInt64 = 20
    /// The seconds between two checkpoints of the log.
    package var checkpointSeconds: UInt64 = 1
    /// The connection URI of the PostgreSQL database that keeps the registry; nil for a file in the folder.
    package var storage: String?
    /// Where the published files of the logs lie.
    package var tiles = TileSettings()
    /// The policy file of the witnesses that the daemon asks; nil for none.
    package var witnesses: String?
    /// The path of the beat; nil for `DIR.beat` beside the folder.
    package var beat: String?
    /// The folder of epoch keys; nil for `DIR.epochs` beside the folder.
    package var epochKeys: String?
    /// The folder of copies of epoch keys, sealed to the recovery key; nil for none.
    package var epochCopies: String?
    /// The file of the public half of the recovery key; nil for none.
    package var recoveryKey: String?
    /// The folder that the daemon keeps up to date for web servers; nil for none.
    package var publish: String?
    /// The token in which new signing keys are made, and in which keys' references are looked up; nil for files.
    package var token: TokenURI?
    /// The place of the passphrase of wrapped key files; nil where files are not wrapped.
    package var keyPassphrase: PINSource?
    /// The wallet's origin; none in a file that names neither it nor a host.
    package var wallet = WalletOrigin.byHost
    package var socket = SocketAccess()
    /// Where callers on other machines connect.
    package var listen = ListenTable()
    package var roles = RoleTable()
    package var rates = RateTable()
    package var quotas = QuotaTable()
    /// The acts that a second operator has to confirm.
    package var dualControl: Set<DualAct> = []

    /// The longest time for which a bundle may be fresh: 30 days.
    package static let bundleLifetimeSecondsMax: UInt64 = 30 * 86_400

    /// The most bytes of the file, with room for the tables of ``RoleTable/userCountMax`` users.
    private static let byteCountMax = 512 << 10

    package init() {}

    /// Reads the settings file, which only its owner may be able to read.
    ///
    /// - Throws: `settings_invalid`, or an error of the file.
    package init(contentsOf path: String) throws(OperationError) {
        let bytes: [UInt8]
        do {
            bytes = try SecretFile.read(path, byteCountMax: Self.byteCountMax)
        } catch {
            throw OperationError(error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.invalid("it is not UTF-8") }
        try self.init(text: text)
    }

    /// Reads the settings file: `name: value` lines, each name known and given once; see ``SettingsLine``.
    ///
    /// - Parameter text: the file's content.
    /// - Throws: `settings_invalid`, which names every mistake at once.
    package init(text: String) throws(OperationError) {
        guard let lines = SettingsLine.lines(of: text) else {
            throw Self.invalid("it has control characters, or a combining mark after a sign, a digit or a space")
        }
        var mistakes: [String] = []
        var seen: Set<String> = []
        var block = Block.closed
        for (number, line) in lines.enumerated() {
            do throws(SettingsLine.Mistake) {
                guard let line = try SettingsLine.read(line) else { continue }
                try read(line, seen: &seen, block: &block)
            } catch {
                mistakes.append("line \(number + 1): \(error.words)")
            }
        }
        if !dualControl.isEmpty, !roles.grants.values.contains(where: { $0.roles.contains(.operator) }) {
            mistakes.append("`dualControl` needs a user besides the daemon's own with the role operator under `roles`")
        }
        if !listen.missing.isEmpty {
            mistakes.append("`listen` also needs \(listen.missing.joined(separator: ", "))")
        }
        if let mistake = tiles.mistake { mistakes.append(mistake) }
        guard mistakes.isEmpty else { throw Self.invalid(mistakes.joined(separator: "; ")) }
        guard epochCopies == nil || recoveryKey != nil else {
            throw Self.invalid("`epochCopies` needs `recoveryKey`, since the copies are sealed to that key")
        }
        if seen.isDisjoint(with: ["host", "wallet"]) { wallet = .none }
    }

    /// The table that takes indented lines, and the indentation of the first of them.
    private enum Block {
        case closed
        case open(table: String, indentation: Int?)
    }

    private mutating func read(
        _ line: SettingsLine, seen: inout Set<String>, block: inout Block
    ) throws(SettingsLine.Mistake) {
        if line.indentation > 0 {
            guard case .open(let table, let indentation) = block, indentation ?? line.indentation == line.indentation
            else {
                throw .init(
                    "only the lines below `listen:`, `roles:`, `rates:` and `quotas:` may be indented, all by the same "
                        + "number of spaces")
            }
            block = .open(table: table, indentation: line.indentation)
            let mistake =
                switch table {
                case "listen": listen.add(line)
                case "roles": roles.add(line)
                case "rates": rates.add(line)
                default: quotas.add(line)
                }
            if let mistake { throw .init(mistake) }
            return
        }
        let isTable = Self.tables.contains(line.name) && line.value.isEmpty && !line.isQuoted
        block = isTable ? .open(table: line.name, indentation: nil) : .closed
        guard seen.insert(line.name).inserted, let field = Self.fields.first(where: { $0.name == line.name }) else {
            throw .init("`\(line.name.prefix(40))` is unknown or given twice")
        }
        guard field.isText || !line.isQuoted, field.read(line.value, &self) else {
            throw .init("`\(line.name)` takes \(field.takes)")
        }
    }

    /// The settings that are tables of indented lines.
    private static let tables: Set = ["listen", "roles", "rates", "quotas"]

    private static func invalid(_ reason: String) -> OperationError {
        OperationError(
            code: .settingsInvalid, reason: reason,
            hint: "correct suishend.yaml; its comments say which values each setting takes")
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
