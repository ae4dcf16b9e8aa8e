/// The largest accepted picture; checked against its header, before memory for pixels is allocated.
package enum ImageLimits {
    /// 40 megapixels: more than the pictures of phones and gate cameras have.
    package static let pixelCountMax = 40_000_000
    /// 64 MiB, which is more than compressed files of 40 megapixels have.
    package static let byteCountMax = 64 << 20
    /// The limit of the JPEG format, used for both formats.
    package static let sideMax = 65_535

    /// Whether a picture may have these sides.
    package static func allow(width: Int, height: Int) -> Bool {
        (1...sideMax).contains(width) && (1...sideMax).contains(height) && height <= pixelCountMax / width
    }

    static func check(width: Int, height: Int) throws(ImageError) {
        guard !allow(width: width, height: height) else { return }
        throw ImageError(
            code: .imageTooLarge,
            reason: "the image has \(width) × \(height) pixels, more than the limit of \(pixelCountMax)",
            hint: "scale the picture down")
    }
}
