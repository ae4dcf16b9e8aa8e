/// The one form of a value that may be written in several.
enum EventValue {
    private static let vocabularies = [
        ("urn:epcglobal:cbv:bizstep:", "BizStep-"), ("urn:epcglobal:cbv:disp:", "Disp-"),
        ("urn:epcglobal:cbv:btt:", "BTT-"), ("urn:epcglobal:cbv:sdt:", "SDT-"), ("urn:epcglobal:cbv:er:", "ER-"),
    ]

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(scalars[...last])
    }

    /// Web vocabulary for the old URNs, plain numbers, and GS1 Digital Links for every form of a GS1 key.
    static func canonical(_ text: String) -> String {
        for (urn, prefix) in vocabularies where text.hasPrefix(urn) {
            return "https://ref.gs1.org/cbv/" + prefix + text.dropFirst(urn.count)
        }
        if let number = number(text) { return number }
        return ElectronicProductCode.digitalLink(text) ?? DigitalLink.canonical(text) ?? text
    }

    /// A decimal number without plus sign, leading or trailing zeros; nil for what is no number.
    private static func number(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        guard isPlain, text.utf8.contains(where: { (0x30...0x39).contains($0) }), let value = Double(text) else {
            return nil
        }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }
}
