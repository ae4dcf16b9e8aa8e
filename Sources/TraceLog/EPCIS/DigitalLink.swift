/// GS1 Digital Link URIs in their canonical, constrained form.
enum DigitalLink {
    static let base = "https://id.gs1.org/"

    private static let keys = [
        "01": "01", "gtin": "01", "8006": "8006", "itip": "8006", "8010": "8010", "cpid": "8010", "414": "414",
        "gln": "414", "417": "417", "party": "417", "8017": "8017", "gsrnp": "8017", "8018": "8018", "gsrn": "8018",
        "255": "255", "gcn": "255", "00": "00", "sscc": "00", "253": "253", "gdti": "253", "401": "401", "ginc": "401",
        "402": "402", "gsin": "402", "8003": "8003", "grai": "8003", "8004": "8004", "giai": "8004",
    ]
    private static let qualifierNames = ["lot": "10", "ser": "21", "cpv": "22"]
    // Which qualifiers stay, the finest first.
    private static let qualifiers = [
        "01": ["21", "235", "10"], "8006": ["21", "10"], "414": ["254"], "8010": ["8011"],
    ]
    private static let digitCounts = ["00": 18, "402": 17, "414": 13, "417": 13, "8006": 18, "8017": 18, "8018": 18]

    /// One domain, the key by its number, the finest qualifier only, no query; nil for what is no Digital Link.
    static func canonical(_ text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3).map(String.init)
        guard
            let position = parts.indices.first(where: {
                keys[parts[$0]] != nil && $0 + 1 < parts.count && parts[$0 + 1].utf8.prefix(4).allSatisfy(isDigit)
                    && parts[$0 + 1].utf8.count >= 5
            }), let key = keys[parts[position]]
        else { return nil }
        var value = parts[position + 1]
        if key == "01" {
            guard [8, 12, 13, 14].contains(value.utf8.count), value.utf8.allSatisfy(isDigit) else { return nil }
            value = String(repeating: "0", count: 14 - value.utf8.count) + value
        }
        if let count = digitCounts[key], value.utf8.count != count || !value.utf8.allSatisfy(isDigit) { return nil }
        var found: [String: String] = [:]
        let rest = parts[(position + 2)...]
        for (name, content) in zip(rest.indices, rest) where (name - rest.startIndex) % 2 == 1 {
            let qualifier = rest[name - 1]
            found[qualifierNames[qualifier] ?? qualifier] = content
        }
        for qualifier in qualifiers[key] ?? [] {
            if let content = found[qualifier] { return "\(base)\(key)/\(value)/\(qualifier)/\(content)" }
        }
        return "\(base)\(key)/\(value)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }
}
