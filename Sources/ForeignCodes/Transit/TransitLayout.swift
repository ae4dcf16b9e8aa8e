/// How a transit code's bytes stand, with every point on which public readers disagree named and selectable.
///
/// No standard's text was at hand: this was pieced together, and no conformance is claimed. Big-endian throughout:
///
/// | field | bytes |
/// |---|---|
/// | version 0x81, length | 1, 2 |
/// | issuer certificate | 117 |
/// | payment account, card account | 16, 10 |
/// | issuer, platform, card type, highest fare | 4, 4, 1, 3 |
/// | user's key, authorisation expires, life | 33, 4, 2 |
/// | custom data with its length | 1, 0 to 32 |
/// | 0x15, issuer's signature | 1, 64 |
/// | generation time | 4 |
/// | 0x15, user's signature | 1, 64 |
package struct TransitLayout: Sendable, Hashable {
    /// Uncertain: where the custom data stands, and so whose signature first covers it.
    package enum CustomDataPlace: String, Sendable, CaseIterable {
        /// Before the issuer's signature, which covers it.
        case signedByIssuer
        /// After the issuer's signature; only the user's covers it.
        case signedByUser
    }

    /// Uncertain: what times count from.
    package enum Epoch: String, Sendable, CaseIterable {
        case year1970 = "1970"
        case year2000 = "2000"

        /// Unix seconds of its start.
        package var start: UInt64 {
            switch self {
            case .year1970: 0
            case .year2000: 946_684_800
            }
        }
    }

    /// Uncertain: what the length field counts.
    package enum LengthMeaning: String, Sendable, CaseIterable {
        /// Every byte after the length field.
        case rest
        /// Every byte of the code.
        case whole
    }

    package static let version: UInt8 = 0x81
    package static let signatureTag: UInt8 = 0x15
    package static let certificateByteCount = 117
    package static let keyByteCount = 33
    package static let signatureByteCount = 64
    package static let customDataByteCountMax = 32
    /// All fields without custom data.
    package static let byteCountMin = 332
    package static let byteCountMax = byteCountMin + customDataByteCountMax
    /// Uncertain too, and not selectable: the certificate's two bytes of expiry are taken as days of the epoch.
    package static let secondsPerDay: UInt64 = 86_400

    package let customDataPlace: CustomDataPlace
    package let epoch: Epoch
    package let lengthMeaning: LengthMeaning

    package init(
        customDataPlace: CustomDataPlace = .signedByIssuer, epoch: Epoch = .year1970,
        lengthMeaning: LengthMeaning = .rest
    ) {
        self.customDataPlace = customDataPlace
        self.epoch = epoch
        self.lengthMeaning = lengthMeaning
    }

    /// What the length field holds in a code of `byteCount` bytes.
    func lengthField(ofCode byteCount: Int) -> Int {
        lengthMeaning == .whole ? byteCount : byteCount - 3
    }
}
