/// A list of values with weights, as in `Accept` and `Accept-Language` (RFC 9110 §12.4.2).
package struct QualityList: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        /// In lower case, without parameters.
        package let value: String
        /// 0 to 1,000 thousandths; 0 means "not this".
        package let weight: Int
    }

    /// The longest field that is read; a longer one counts as absent.
    package static let byteCountMax = 2048
    package static let itemCountMax = 32

    /// In the order of the field; items that cannot be read are left out.
    package let items: [Item]

    package init(_ field: String?) {
        guard let field, field.utf8.count <= Self.byteCountMax else {
            items = []
            return
        }
        items = field.split(separator: ",").prefix(Self.itemCountMax).compactMap(Self.item)
    }

    private static func item(_ text: Substring) -> Item? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let value = parts.first, !value.isEmpty else { return nil }
        var weight = 1000
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, Self.trimmed(pair[0]).lowercased() == "q" else { continue }
            guard let found = Self.weight(Self.trimmed(pair[1])) else { return nil }
            weight = found
        }
        return Item(value: value.lowercased(), weight: weight)
    }

    /// `0`, `1`, and up to three digits after the point; nil for anything else.
    private static func weight(_ text: Substring) -> Int? {
        let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves[0] == "0" || halves[0] == "1" else { return nil }
        let whole = halves[0] == "1" ? 1000 : 0
        guard halves.count == 2 else { return whole }
        let digits = halves[1]
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count)) ?? 0
        return whole + fraction <= 1000 ? whole + fraction : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let begun = text.drop(while: isSpace)
        guard let last = begun.lastIndex(where: { !isSpace($0) }) else { return "" }
        return begun[...last]
    }
}
