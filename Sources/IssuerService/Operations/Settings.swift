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
    package var epochKeyDays: UInt64 = 3
    package var statusHeadroomCount: UInt64 = 1 << 20
    package var keyLifetimeDays: UInt64 = 3650
    package var logHeadsInterval: UInt64 = 65_536

    /// The longest that a bundle may be fresh: 30 days.
    package static let bundleLifetimeSecondsMax: UInt64 = 30 * 86_400

    package init() {}

    /// Reads the settings file: `name: value` lines of YAML, each name known and given once.
    ///
    /// - Parameter text: the file's content.
    /// - Throws: `settings_invalid`, which names every mistake at once.
    package init(text: String) throws(OperationError) {
        var mistakes: [String] = []
        var seen: Set<String> = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }.trimmingSpaces
            guard !content.isEmpty else { continue }
            let parts = content.split(separator: ":", maxSplits: 1)
            let name = parts[0].trimmingSpaces
            guard parts.count == 2, seen.insert(name).inserted,
                let field = Self.fields.first(where: { $0.name == name })
            else {
                mistakes.append("line \(number + 1): `\(name)` is unknown, given twice, or has no value")
                continue
            }
            if !field.read(parts[1].trimmingSpaces, &self) {
                mistakes.append("line \(number + 1): `\(name)` takes \(field.takes)")
            }
        }
        guard mistakes.isEmpty else {
            throw OperationError(
                code: "settings_invalid", reason: mistakes.joined(separator: "; "),
                hint: "mend these lines of suishend.yaml; the comments there say what each takes")
        }
    }

    /// The settings file, each value with its meaning and unit.
    package var text: String {
        Self.fields.map { "# \($0.comment); takes \($0.takes)\n\($0.name): \($0.write(self))\n" }.joined(
            separator: "\n")
    }
}

extension Settings {
    /// One line of the file: its name, its words, and how it is read and written.
    private struct Field: Sendable {
        let name: String
        let comment: String
        let takes: String
        let read: @Sendable (String, inout Settings) -> Bool
        let write: @Sendable (Settings) -> String
    }

    private static let fields: [Field] = [
        Field(name: "issuer", comment: "the issuer's short name in every code", takes: "1 to 8 letters or digits") {
            let isName = (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy { byte in byte.isLetterOrDigit }
            if isName { $1.issuer = $0 }
            return isName
        } write: {
            $0.issuer
        },
        Field(name: "host", comment: "the host of enterprise and object codes", takes: "a host name in upper case") {
            let isHost =
                (1...253).contains($0.utf8.count)
                && $0.utf8.allSatisfy { byte in
                    byte.isLetterOrDigit && !(0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
                }
            if isHost { $1.host = $0 }
            return isHost
        } write: {
            $0.host
        },
        Field(name: "suite", comment: "signature, digest and cipher", takes: "ed25519, es256 or sm2") {
            guard let suite = Suite(rawValue: $0) else { return false }
            $1.suite = suite
            return true
        } write: {
            $0.suite.rawValue
        },
        number("personLifetimeSeconds", "how long signed and chain codes live", \.personLifetimeSeconds, 1...86_400),
        number("timedLifetimeSeconds", "how long timed codes live", \.timedLifetimeSeconds, 1...120),
        number("paperLifetimeSeconds", "how long paper codes live", \.paperLifetimeSeconds, 1...31_622_400),
        number(
            "enterpriseLifetimeSeconds", "how long enterprise codes live", \.enterpriseLifetimeSeconds, 1...31_622_400),
        number(
            "bundleLifetimeSeconds", "how long a gate bundle is fresh", \.bundleLifetimeSeconds,
            60...bundleLifetimeSecondsMax),
        number("epochKeyDays", "days of domain keys in a gate bundle, this one counted", \.epochKeyDays, 1...14),
        number(
            "statusHeadroomCount", "codes a gate can meet that are younger than its bundle, a list",
            \.statusHeadroomCount, 0...33_554_432),
        number("keyLifetimeDays", "days that a new signing key is trusted", \.keyLifetimeDays, 1...36_500),
        number(
            "logHeadsInterval", "entries of the log between two statements of every object's newest",
            \.logHeadsInterval, 256...16_777_216),
    ]

    private static func number(
        _ name: String, _ comment: String, _ path: any WritableKeyPath<Settings, UInt64> & Sendable,
        _ range: ClosedRange<UInt64>
    ) -> Field {
        Field(name: name, comment: comment, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            guard let value = UInt64($0), range.contains(value) else { return false }
            $1[keyPath: path] = value
            return true
        } write: {
            String($0[keyPath: path])
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\r" }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
    }
}
