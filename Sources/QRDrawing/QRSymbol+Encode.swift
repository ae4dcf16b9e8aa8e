import CQREncode
package import QREncoding
package import QRStandard

extension QRSymbol {
    /// The most bytes in any symbol: version 40, level L, byte mode (ISO/IEC 18004 table 7); up to 7,089 digits fit.
    static let payloadByteCountMax = 7_089

    /// Encodes a text in the smallest version that holds it.
    ///
    /// Alphanumeric mode is used when every character allows it, or from the place on from which every character does;
    /// byte mode over UTF-8 otherwise.
    ///
    /// - Parameters:
    ///   - text: at least one character.
    ///   - level: how much damage the symbol survives.
    ///   - mask: a mask pattern, 0 to 7; nil selects the one with the lowest penalty.
    /// - Returns: the symbol, with its version and mask.
    /// - Throws: `QRError` when the text is empty or does not fit version 40.
    package static func encode(
        _ text: String, level: QRLevel = .medium, mask: Int? = nil
    ) throws(QRError) -> QRSymbol {
        try encode(bytes: Array(text.utf8), level: level, mask: mask)
    }

    /// Encodes bytes without conversion in the smallest version that holds them.
    ///
    /// - Parameters:
    ///   - bytes: at least one byte; text must be UTF-8.
    ///   - level: how much damage the symbol survives.
    ///   - mask: a mask pattern, 0 to 7; nil selects the one with the lowest penalty.
    /// - Returns: the symbol, with its version and mask.
    /// - Throws: `QRError` when there are no bytes or they do not fit version 40.
    package static func encode(
        bytes: [UInt8], level: QRLevel = .medium, mask: Int? = nil
    ) throws(QRError) -> QRSymbol {
        guard !bytes.isEmpty else { throw .emptyText }
        if let mask, !(0..<MaskPattern.count).contains(mask) { throw .maskOutOfRange(mask) }
        let drawn = try drawUnchosen(bytes, level: level)
        return MaskChooser.symbol(drawn, level: level, mask: mask)
    }

    /// Draws the symbol with mask 0, which ``MaskChooser`` removes again.
    private static func drawUnchosen(_ bytes: [UInt8], level: QRLevel) throws(QRError) -> DrawnSymbol {
        guard bytes.count <= payloadByteCountMax, warmedUp else { throw .textTooLong(bytes.count, level: level) }
        guard let input = unsafe QRinput_new2(0, level.library) else { throw .outOfMemory }
        defer { unsafe QRinput_free(input) }
        for segment in SymbolSegment.segments(of: bytes) {
            let mode = segment.mode == .alphanumeric ? QR_MODE_AN : QR_MODE_8
            guard unsafe QRinput_append(input, mode, Int32(segment.bytes.count), Array(segment.bytes)) == 0 else {
                throw .textTooLong(bytes.count, level: level)
            }
        }
        guard let code = unsafe QRcode_encodeMask(input, 0) else { throw .textTooLong(bytes.count, level: level) }
        defer { unsafe QRcode_free(code) }
        let size = Int(unsafe code.pointee.width)
        guard let data = unsafe code.pointee.data else { throw .outOfMemory }
        return unsafe DrawnSymbol(
            version: Int(code.pointee.version), size: size,
            flags: Array(UnsafeBufferPointer(start: data, count: size * size)))
    }

    /// Fills the library's tables once under Swift's lock; the library itself fills them lazily without a lock.
    private static let warmedUp: Bool = {
        for level in QRLevel.allCases {
            for byteCount in [1, 40, 120, 400, 900, 1_200] {
                let bytes = [UInt8](repeating: 0x2a, count: byteCount)
                guard let input = unsafe QRinput_new2(0, level.library) else { return false }
                defer { unsafe QRinput_free(input) }
                guard unsafe QRinput_append(input, QR_MODE_8, Int32(byteCount), bytes) == 0 else { return false }
                if let code = unsafe QRcode_encodeMask(input, 0) { unsafe QRcode_free(code) }
            }
        }
        return true
    }()
}

extension QRLevel {
    fileprivate var library: QRecLevel {
        switch self {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }
}
