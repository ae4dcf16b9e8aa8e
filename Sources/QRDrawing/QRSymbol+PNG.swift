import CSPNG
package import QREncoding
package import QRStandard

extension QRSymbol {
    /// The most pixels a side of one module: a picture of version 40 then stays below the reader's limit.
    package static let modulePixelsMax = 32

    /// Draws the symbol as a PNG of 1 bit a pixel, with the quiet zone around it.
    ///
    /// - Parameter modulePixels: pixels a side of one module, 1 to `modulePixelsMax`.
    /// - Returns: the file's bytes.
    /// - Throws: `QRError` when the module size is out of range or memory runs out.
    package func png(modulePixels: Int = 8) throws(QRError) -> [UInt8] {
        try Self.png([self], modulePixels: modulePixels)
    }

    /// Draws symbols side by side in one picture, each with its quiet zone.
    package static func png(_ symbols: [QRSymbol], modulePixels: Int = 8) throws(QRError) -> [UInt8] {
        guard (1...modulePixelsMax).contains(modulePixels) else {
            throw QRError(
                code: .moduleSizeOutOfRange,
                reason: "a module is 1 to \(modulePixelsMax) pixels wide, got \(modulePixels)",
                hint: "use 8 pixels for screens and for print")
        }
        let sides = symbols.map { ($0.size + 2 * quietZoneModules) * modulePixels }
        let width = sides.reduce(0, +)
        let height = sides.max() ?? 0
        let rows = packedRows(symbols, modulePixels: modulePixels, width: width, height: height)
        return try PNGWriter.write(rows, width: width, height: height)
    }

    /// The picture's rows, eight pixels a byte, 1 light.
    private static func packedRows(_ symbols: [QRSymbol], modulePixels: Int, width: Int, height: Int) -> [UInt8] {
        let byteCount = (width + 7) / 8
        var pixels: [UInt8] = []
        pixels.reserveCapacity(byteCount * height)
        var row = [UInt8](repeating: 0, count: byteCount)
        for line in -quietZoneModules..<(height / modulePixels - quietZoneModules) {
            for index in 0..<byteCount { row[index] = 0xff }
            var left = 0
            for symbol in symbols {
                for column in 0..<symbol.size where symbol.isDark(row: line, column: column) {
                    let first = (left + column + quietZoneModules) * modulePixels
                    for pixel in first..<(first + modulePixels) { row[pixel >> 3] &= ~(0x80 >> UInt8(pixel & 7)) }
                }
                left += symbol.size + 2 * quietZoneModules
            }
            for _ in 0..<modulePixels { pixels.append(contentsOf: row) }
        }
        return pixels
    }
}

/// Writes a grey picture of 1 bit a pixel as PNG.
private enum PNGWriter {
    static func write(_ pixels: [UInt8], width: Int, height: Int) throws(QRError) -> [UInt8] {
        guard let context = unsafe spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else { throw .outOfMemory }
        defer { unsafe spng_ctx_free(context) }
        var header = spng_ihdr()
        header.width = UInt32(width)
        header.height = UInt32(height)
        header.bit_depth = 1
        header.color_type = UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue)
        // A module's rows are equal: the filter "up" turns all but the first into zeros, which compress well.
        let options = [
            (SPNG_ENCODE_TO_BUFFER, 1), (SPNG_FILTER_CHOICE, Int32(SPNG_FILTER_CHOICE_UP.rawValue)),
            (SPNG_IMG_COMPRESSION_STRATEGY, 3),
        ]
        for (option, value) in options where unsafe spng_set_option(context, option, value) != 0 {
            throw .outOfMemory
        }
        let format = Int32(SPNG_FMT_PNG.rawValue)
        let finalize = Int32(SPNG_ENCODE_FINALIZE.rawValue)
        var byteCount = 0
        var status: Int32 = 0
        guard unsafe spng_set_ihdr(context, &header) == 0,
            unsafe spng_encode_image(context, pixels, pixels.count, format, finalize) == 0,
            let file = unsafe spng_get_png_buffer(context, &byteCount, &status)
        else { throw .outOfMemory }
        defer { unsafe free(file) }
        return unsafe Array(UnsafeRawBufferPointer(start: file, count: byteCount))
    }
}
