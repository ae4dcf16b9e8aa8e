/// What a picture may measure at most; checked against its header, before any pixel gets memory.
package enum ImageLimits {
    /// 40 megapixels: above what phones and gate cameras take.
    package static let pixelCountMax = 40_000_000
    /// 64 MiB: 40 megapixels compress to less.
    package static let byteCountMax = 64 << 20
    /// JPEG's own limit, taken for both formats.
    package static let sideMax = 65_535

    /// Whether a picture may have these sides.
    package static func allow(width: Int, height: Int) -> Bool {
        (1...sideMax).contains(width) && (1...sideMax).contains(height) && width * height <= pixelCountMax
    }

    static func check(width: Int, height: Int) throws(ImageError) {
        guard !allow(width: width, height: height) else { return }
        throw ImageError(
            code: .imageTooLarge,
            reason: "the image announces \(width) × \(height) pixels, and \(pixelCountMax) is the most",
            hint: "scale the picture down")
    }
}
