import CSPNG
import CTurboJPEG
import QRStandard

@testable import QRDrawing
@testable import QRReading

/// A picture with codes on it, as a printer or a designer makes it.
struct Sheet {
    struct Colour: Sendable {
        let red, green, blue: UInt8
        var alpha: UInt8 = 255

        static let white = Colour(red: 255, green: 255, blue: 255)
        static let black = Colour(red: 0, green: 0, blue: 0)
        static let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)

        fileprivate var bytes: [UInt8] { [red, green, blue, alpha] }
    }

    let width, height: Int
    /// Four bytes a pixel.
    private(set) var rgba: [UInt8]

    init(width: Int, height: Int, _ background: Colour = .white) {
        (self.width, self.height) = (width, height)
        rgba = (0..<(width * height)).flatMap { _ in background.bytes }
    }

    /// Draws a symbol without a quiet zone; `isDamaged` paints its middle over.
    mutating func draw(
        _ text: String, left: Int, top: Int, modulePixels: Int, dark: Colour = .black, light: Colour = .white,
        isDamaged: Bool = false
    ) throws {
        let symbol = try QRSymbol.encode(text)
        let hole = symbol.size / 4..<(symbol.size - symbol.size / 4)
        for row in 0..<(symbol.size * modulePixels) {
            for column in 0..<(symbol.size * modulePixels) {
                let (down, right) = (row / modulePixels, column / modulePixels)
                let isHole = isDamaged && hole.contains(down) && hole.contains(right)
                let isDark = isHole ? (down / 3 + right / 3) % 2 == 0 : symbol.isDark(row: down, column: right)
                let place = ((top + row) * width + left + column) * 4
                for (offset, byte) in (isDark ? dark : light).bytes.enumerated() { rgba[place + offset] = byte }
            }
        }
    }

    /// Fills rows with blocks of random grey.
    mutating func drawNoise(rows: Range<Int>) {
        for row in rows {
            for column in 0..<width {
                let block = UInt64(row / 8 * 1_000 + column / 8) &* 0x9e37_79b9_7f4a_7c15
                let grey = UInt8(truncatingIfNeeded: block >> 40)
                for (offset, byte) in [grey, grey, grey, 255].enumerated() {
                    rgba[(row * width + column) * 4 + offset] = byte
                }
            }
        }
    }

    /// Draws codes in rows, with a quiet zone around each; returns their texts.
    mutating func fill(_ count: Int, modulePixels: Int, text: (Int) -> String) throws -> [String] {
        let texts = (0..<count).map(text)
        let side = try (texts.map { try QRSymbol.encode($0).size }.max() ?? 0) + 8
        let columns = width / (side * modulePixels)
        for (index, text) in texts.enumerated() {
            let (left, top) = (index % columns * side + 4, index / columns * side + 4)
            try draw(text, left: left * modulePixels, top: top * modulePixels, modulePixels: modulePixels)
        }
        return texts
    }

    var grey: GreyImage? {
        GreyImage(width: width, height: height, pixels: stride(from: 0, to: rgba.count, by: 4).map { rgba[$0] })
    }

    /// The picture as a PNG file of four bytes a pixel.
    func png(isInterlaced: Bool = false) -> [UInt8] {
        guard let context = unsafe spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else { return [] }
        defer { unsafe spng_ctx_free(context) }
        unsafe spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)
        var header = spng_ihdr()
        (header.width, header.height, header.bit_depth) = (UInt32(width), UInt32(height), 8)
        header.color_type = UInt8(SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue)
        header.interlace_method = isInterlaced ? 1 : 0
        unsafe spng_set_ihdr(context, &header)
        let flags = Int32(SPNG_ENCODE_FINALIZE.rawValue)
        guard unsafe spng_encode_image(context, rgba, rgba.count, Int32(SPNG_FMT_PNG.rawValue), flags) == 0
        else { return [] }
        var (length, error): (Int, Int32) = (0, 0)
        let buffer = unsafe spng_get_png_buffer(context, &length, &error)
        defer { unsafe free(buffer) }
        return unsafe Array(UnsafeRawBufferPointer(start: buffer, count: length))
    }

    /// The picture as a JPEG file, without transparency.
    func jpeg(isProgressive: Bool = false) -> [UInt8] {
        guard let compressor = unsafe tjInitCompress() else { return [] }
        defer { unsafe tjDestroy(compressor) }
        var buffer: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        let flags = isProgressive ? Int32(TJFLAG_PROGRESSIVE) : 0
        let status = unsafe tjCompress2(
            compressor, rgba, Int32(width), 0, Int32(height), TJPF_RGBA.rawValue, &buffer, &length,
            Int32(TJSAMP_444.rawValue), 90, flags)
        defer { unsafe tjFree(buffer) }
        return status == 0 ? unsafe Array(UnsafeBufferPointer(start: buffer, count: Int(length))) : []
    }
}
