/// A picture of four bytes a pixel: red, green, blue, alpha.
package struct ColourPicture {
    package let width: Int
    package let height: Int
    /// Row after row, `width` × `height` × 4 bytes.
    var rgba: [UInt8]

    /// Makes a picture of opaque white.
    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        rgba = [UInt8](repeating: 255, count: width * height * 4)
    }

    /// Takes pixels, for example those of a canvas.
    ///
    /// - Returns: nil unless there are `width` × `height` × 4 bytes, for at most `ImageLimits.pixelCountMax` pixels.
    package init?(width: Int, height: Int, rgba: [UInt8]) {
        guard ImageLimits.allow(width: width, height: height), rgba.count == width * height * 4 else { return nil }
        (self.width, self.height, self.rgba) = (width, height, rgba)
    }

    /// The luma of the colours, with transparent parts in white.
    package var grey: GreyImage {
        var image = GreyImage(blankOfWidth: width, height: height)
        unsafe rgba.withUnsafeBytes { unsafe image.load(rgba: $0) }
        return image
    }

    var isTransparent: Bool { stride(from: 3, to: rgba.count, by: 4).contains { rgba[$0] < 255 } }
}
