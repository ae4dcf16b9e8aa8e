import CQREncode
import QRDrawing
import QREncoding
import QRStandard

/// Symbols that libqrencode makes alone, from given segments, version and mask.
enum LibrarySymbol {
    /// The library fills its tables without a lock; `QRSymbol` has them filled once.
    private static let isWarm = (try? QRSymbol.encode("A")) != nil

    /// Encodes segments.
    ///
    /// - Parameters:
    ///   - segments: in their order.
    ///   - level: the level.
    ///   - mask: 0 to 7.
    ///   - versionMin: the version, or 0 for the smallest; the library takes a larger one where that is too small.
    /// - Returns: the symbol, or nil where they do not fit.
    static func encode(_ segments: [SymbolSegment], level: QRLevel, mask: Int, versionMin: Int = 0) -> QRSymbol? {
        let levels: [QRLevel: QRecLevel] = [
            .low: QR_ECLEVEL_L, .medium: QR_ECLEVEL_M, .quartile: QR_ECLEVEL_Q, .high: QR_ECLEVEL_H,
        ]
        guard isWarm, let name = levels[level], let input = unsafe QRinput_new2(Int32(versionMin), name) else {
            return nil
        }
        defer { unsafe QRinput_free(input) }
        for segment in segments {
            let mode =
                switch segment.mode {
                case .numeric: QR_MODE_NUM
                case .alphanumeric: QR_MODE_AN
                default: QR_MODE_8
                }
            guard unsafe QRinput_append(input, mode, Int32(segment.bytes.count), Array(segment.bytes)) == 0 else {
                return nil
            }
        }
        guard let code = unsafe QRcode_encodeMask(input, Int32(mask)) else { return nil }
        defer { unsafe QRcode_free(code) }
        let size = Int(unsafe code.pointee.width)
        guard let data = unsafe code.pointee.data else { return nil }
        let modules = unsafe UnsafeBufferPointer(start: data, count: size * size).map { $0 & 1 }
        return QRSymbol(
            version: Int(unsafe code.pointee.version), level: level, mask: mask, size: size, modules: modules)
    }
}
