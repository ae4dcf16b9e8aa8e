/// The name of a caller on another machine: the one DNS name in its certificate.
///
/// It has at least one dot and a letter in its last label. So it is never taken for a user's number, for an IP address or
/// for a word of the settings.
package struct CallerName: Hashable, Sendable, Comparable {
    /// The most bytes of a name (RFC 1035 §2.3.4).
    private static let byteCountMax = 253
    private static let labelByteCountMax = 63

    /// In lower case.
    package let text: String

    /// Takes letters, digits, hyphens and dots (RFC 1123 §2.1), in either letter case; nil for anything else.
    package init?(_ text: String) {
        let text = text.lowercased()
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.byteCountMax, labels.count >= 2, labels.allSatisfy(Self.isLabel),
            labels.last?.contains(where: Self.isLetter) == true
        else { return nil }
        self.text = text
    }

    package static func < (left: CallerName, right: CallerName) -> Bool { left.text < right.text }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...labelByteCountMax).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
