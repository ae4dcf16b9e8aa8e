/// The byte layout of a transit code; every point on which public readers disagree can be selected.
///
/// The standard's text was not available: this layout was pieced together, and no conformance is claimed. All numbers
/// are big-endian:
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
    /// Uncertain: the place of the custom data, which decides whose signature covers it first.
    package enum CustomDataPlace: String, Sendable, CaseIterable {
        /// Before the issuer's signature, which covers it.
        case signedByIssuer
        /// After the issuer's signature; only the user's signature covers it.
        case signedByUser
    }

    /// Uncertain: the start from which times are counted.
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

    /// Uncertain: the bytes that the length field counts.
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
    /// The length of a code without custom data.
    package static let byteCountMin = 332
    package static let byteCountMax = byteCountMin + customDataByteCountMax
    /// Used to read the certificate's two expiry bytes as days since the epoch, which is uncertain but not selectable.
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

    /// The value of the length field in a code of `byteCount` bytes.
    func lengthField(ofCode byteCount: Int) -> Int {
        lengthMeaning == .whole ? byteCount : byteCount - 3
    }
}
