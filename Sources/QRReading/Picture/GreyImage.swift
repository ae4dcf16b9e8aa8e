/// A picture of one byte a pixel: 0 black, 255 white.
package struct GreyImage: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// Row after row, `width` × `height` bytes.
    package private(set) var pixels: [UInt8]

    /// Wraps pixels, for example a camera's frame.
    ///
    /// - Returns: nil unless there are exactly `width` × `height` pixels, at least one and at most
    ///   `ImageLimits.pixelCountMax`.
    package init?(width: Int, height: Int, pixels: [UInt8]) {
        guard ImageLimits.allow(width: width, height: height), pixels.count == width * height else { return nil }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Makes a white picture.
    ///
    /// - Parameters:
    ///   - width: 1 to `ImageLimits.sideMax`.
    ///   - height: 1 to `ImageLimits.sideMax`, with at most `ImageLimits.pixelCountMax` pixels in all.
    package init(blankOfWidth width: Int, height: Int) {
        // No input reaches this: the options refuse a larger frame before one is made.
        precondition(ImageLimits.allow(width: width, height: height))
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 255, count: width * height)
    }

    /// Loads the luma of `width` × `height` pixels of red, green, blue and alpha, with transparent parts in white.
    package mutating func load(rgba: UnsafeRawBufferPointer) {
        unsafe pixels.withUnsafeMutableBytes { unsafe Luma.flatten(rgba, into: $0) }
    }

    /// Runs `body`, which writes the pixels in place: `width` × `height` bytes.
    package mutating func withMutablePixels<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        unsafe pixels.withUnsafeMutableBytes { buffer in unsafe body(buffer) }
    }
}
