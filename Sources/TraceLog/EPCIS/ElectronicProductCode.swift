/// EPC URNs, and the GS1 Digital Link that says the same.
enum ElectronicProductCode {
    private static let scheme = "urn:epc:"

    /// The link for an EPC, EPC class or EPC pattern; nil for what is none.
    static func digitalLink(_ text: String) -> String? {
        guard text.hasPrefix(scheme) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 else { return nil }
        let isPattern = parts[2] == "idpat"
        guard isPattern || parts[2] == "id" || parts[2] == "class" else { return nil }
        let fields = parts[4].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 2, isDigits(fields[0]), (6...12).contains(fields[0].utf8.count) else { return nil }
        let path = path(parts[3], prefix: fields[0], rest: Array(fields.dropFirst()), isPattern: isPattern)
        return path.map { DigitalLink.base + $0 }
    }

    private static func path(_ kind: String, prefix: String, rest: [String], isPattern: Bool) -> String? {
        let serial = isPattern ? nil : encoded(rest.dropFirst().joined(separator: "."))
        switch kind {
        case "sgtin", "upui", "lgtin":
            let qualifier = kind == "sgtin" ? "21" : kind == "upui" ? "235" : "10"
            return gtin(prefix, rest).map { "01/\($0)" + (serial.map { "/\(qualifier)/\($0)" } ?? "") }
        case "itip":
            guard rest.count >= 4 else { return nil }
            let unit = encoded(rest.dropFirst(3).joined(separator: "."))
            return gtin(prefix, rest).map { "8006/\($0)\(rest[1])\(rest[2])" + (isPattern ? "" : "/21/\(unit)") }
        case "sscc":
            guard let reference = rest.first, reference.utf8.count + prefix.utf8.count == 17 else { return nil }
            return checked(String(reference.prefix(1)) + prefix + reference.dropFirst()).map { "00/\($0)" }
        case "sgln":
            let location = location(prefix, rest)
            return location.map { "414/\($0)" + (serial.map { $0 == "0" ? "" : "/254/\($0)" } ?? "") }
        case "pgln": return location(prefix, rest).map { "417/\($0)" }
        case "grai":
            guard prefix.utf8.count + (rest.first?.utf8.count ?? 0) == 12 else { return nil }
            return checked("0" + prefix + rest[0]).map { "8003/\($0)\(serial ?? "")" }
        case "gdti": return location(prefix, rest).map { "253/\($0)\(serial ?? "")" }
        case "sgcn": return location(prefix, rest).map { "255/\($0)\(serial ?? "")" }
        case "giai": return "8004/" + prefix + encoded(rest.joined(separator: "."))
        case "ginc": return "401/" + prefix + encoded(rest.joined(separator: "."))
        case "gsrn": return numbered(prefix, rest, count: 17).map { "8018/\($0)" }
        case "gsrnp": return numbered(prefix, rest, count: 17).map { "8017/\($0)" }
        case "gsin": return numbered(prefix, rest, count: 16).map { "402/\($0)" }
        case "cpi":
            let reference = encoded(rest.dropLast().joined(separator: "."))
            return "8010/\(prefix)\(reference)" + (isPattern ? "" : "/8011/\(rest.last ?? "")")
        default: return nil
        }
    }

    /// The 14 digits of a GTIN: indicator, company prefix, item, check digit.
    private static func gtin(_ prefix: String, _ rest: [String]) -> String? {
        guard let item = rest.first, rest.count >= 2, prefix.utf8.count + item.utf8.count == 13 else { return nil }
        return checked(String(item.prefix(1)) + prefix + item.dropFirst())
    }

    private static func location(_ prefix: String, _ rest: [String]) -> String? {
        numbered(prefix, rest, count: 12)
    }

    private static func numbered(_ prefix: String, _ rest: [String], count: Int) -> String? {
        guard let reference = rest.first, prefix.utf8.count + reference.utf8.count == count else { return nil }
        return checked(prefix + reference)
    }

    /// The digits with their check digit: weights 3 and 1 from the right.
    private static func checked(_ digits: String) -> String? {
        guard isDigits(digits) else { return nil }
        var sum = 0
        for (position, digit) in digits.utf8.reversed().enumerated() {
            sum += Int(digit - 0x30) * (position % 2 == 0 ? 3 : 1)
        }
        return digits + String((10 - sum % 10) % 10)
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Percent-encodes what a Digital Link may not hold as it is and a URN may.
    private static func encoded(_ text: String) -> String {
        let escapes: [Character: String] = [
            "!": "%21", "(": "%28", ")": "%29", "*": "%2A", "+": "%2B", ",": "%2C", ":": "%3A",
        ]
        return text.map { escapes[$0] ?? String($0) }.joined()
    }
}
