/// A medical-insurance code: 28 digits with no signature and no meaning offline.
///
/// Layout: `424`, 19 random digits, 2 digits of the province (GB/T 2260) and 4 extension digits.
package struct MedicalInsuranceCode: Sendable, Hashable {
    /// The number of digits in a code.
    package static let digitCount = 28
    /// The province codes of GB/T 2260.
    private static let provinces: Set<Int> = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65, 71, 81, 82,
    ]

    package let digits: String
    /// The two digits of the issuing province.
    package let province: Int

    /// Reads a code.
    ///
    /// - Returns: nil unless the text is 28 ASCII digits with the start `424` and a known province.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.digitCount + 1))
        guard bytes.count == Self.digitCount, bytes.allSatisfy({ (0x30...0x39).contains($0) }),
            bytes.starts(with: Array("424".utf8))
        else { return nil }
        let province = Int(bytes[22] - 0x30) * 10 + Int(bytes[23] - 0x30)
        guard Self.provinces.contains(province) else { return nil }
        digits = text
        self.province = province
    }
}
