import Encoding

/// The DCC payload's structure in versions 1.0.0 to 1.3.x: the required members, and the shape of each member.
///
/// A `format`, which the published schemas only annotate, is required if every version has it. A member that is null
/// counts as absent, since some issuers write null for the groups that they leave out.
enum HealthCertificateSchema {
    /// A rule for one member of an entry.
    private struct Member {
        let name: String
        let isRequired: Bool
        let shape: Shape
    }

    private enum Shape {
        case text, shortText, country, dose, date, dateTime
    }

    /// The longest text of an issuer, a place or an identifier, in characters.
    private static let textCountMax = 80
    /// The allowed numbers of doses.
    private static let doseRange: ClosedRange<Int64> = 1...99

    /// The failure of a payload; nil if the payload follows the schema.
    static func failure(in payload: CBORMap) -> ForeignFailure? {
        guard let version = payload[text: "ver"]?.text.flatMap(SchemaVersion.init) else { return .malformed }
        guard version.isSupported else { return .unsupportedVersion }
        let holds =
            isName(payload[text: "nam"]) && isBirthDate(payload[text: "dob"]) && areGroups(payload, version: version)
        return holds ? nil : .malformed
    }

    private static func isName(_ item: CBORItem?) -> Bool {
        guard let name = item?.map, let standard = name[text: "fnt"]?.text, isTransliterated(standard) else {
            return false
        }
        if let given = present(name[text: "gnt"]) {
            guard let given = given.text, isTransliterated(given) else { return false }
        }
        return ["fn", "gn"].allSatisfy { member in
            guard let value = present(name[text: member]) else { return true }
            return value.text.map { $0.unicodeScalars.count <= textCountMax } ?? false
        }
    }

    /// ICAO 9303 transliteration: capital letters and fillers.
    private static func isTransliterated(_ text: String) -> Bool {
        text.utf8.count <= textCountMax && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x3C }
    }

    private static func isBirthDate(_ item: CBORItem?) -> Bool {
        guard let text = item.flatMap(plainText) else { return false }
        return text.isEmpty || ISODate.isPartialDate(text) || ISODate.isDate(text)
    }

    private static func areGroups(_ payload: CBORMap, version: SchemaVersion) -> Bool {
        var kindCount = 0
        for kind in HealthEntryKind.allCases {
            guard let group = present(payload[text: kind.rawValue]) else { continue }
            guard let entries = group.array else { return false }
            if !entries.isEmpty { kindCount += 1 }
            let members = members(of: kind, version: version)
            guard entries.allSatisfy({ isEntry($0, members: members) }) else { return false }
        }
        // Versions before 1.3 let one code carry several kinds.
        return version.minor < 3 ? kindCount >= 1 : kindCount == 1
    }

    private static func isEntry(_ item: CBORItem, members: [Member]) -> Bool {
        guard let entry = item.map else { return false }
        return members.allSatisfy { member in
            guard let value = present(entry[text: member.name]) else { return !member.isRequired }
            return fits(value, member.shape)
        }
    }

    private static func members(of kind: HealthEntryKind, version: SchemaVersion) -> [Member] {
        func required(_ name: String, _ shape: Shape) -> Member { Member(name: name, isRequired: true, shape: shape) }
        func optional(_ name: String, _ shape: Shape) -> Member { Member(name: name, isRequired: false, shape: shape) }
        let shared = [
            required("tg", .text), required("co", .country), required("is", .shortText), required("ci", .shortText),
        ]
        switch kind {
        case .vaccination:
            return shared + [
                required("vp", .text), required("mp", .text), required("ma", .text), required("dn", .dose),
                required("sd", .dose), required("dt", .date),
            ]
        case .test:
            return shared + [
                required("tt", .text), required("sc", .dateTime), required("tr", .text), optional("nm", .shortText),
                optional("ma", .text), optional("dr", .dateTime),
                // A test at home has no test centre; version 1.3 made the member optional.
                version.minor < 3 ? required("tc", .shortText) : optional("tc", .shortText),
            ]
        case .recovery:
            return shared + [required("fr", .date), required("df", .date), required("du", .date)]
        }
    }

    private static func fits(_ value: CBORItem, _ shape: Shape) -> Bool {
        switch shape {
        case .text: value.text != nil
        case .shortText: value.text.map { $0.unicodeScalars.count <= textCountMax } ?? false
        case .country:
            value.text.map { (1...10).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } }
                ?? false
        case .dose: isDose(value)
        case .date: plainText(value).map(ISODate.isDate) ?? false
        case .dateTime: plainText(value).map(ISODate.isDateTime) ?? false
        }
    }

    /// JSON's integers include 2.0, and some encoders write that as a float.
    private static func isDose(_ value: CBORItem) -> Bool {
        if case .float(let number) = value {
            return number.rounded() == number && (1...99).contains(number)
        }
        return value.integer.map(doseRange.contains) ?? false
    }

    private static func present(_ item: CBORItem?) -> CBORItem? {
        item == .null || item == .undefined ? nil : item
    }

    /// A text, with or without the tag for date-times (RFC 8949 §3.4.1) or full dates (RFC 8943).
    private static func plainText(_ item: CBORItem) -> String? {
        switch item {
        case .tagged(0, let content), .tagged(1004, let content): content.text
        default: item.text
        }
    }
}

/// A schema's version, as `1.3.0`.
struct SchemaVersion {
    let major: Int
    let minor: Int

    /// Reads three numbers between dots, of at most three digits each.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy({ (0x30...0x39).contains($0) }) }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        self.major = major
        self.minor = minor
    }

    /// Whether this schema's rules cover the version: 1.0 to 1.3.
    var isSupported: Bool {
        major == 1 && (0...3).contains(minor)
    }
}
