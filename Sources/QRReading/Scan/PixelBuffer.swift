/// A grey picture in a reusable buffer, which never shrinks.
struct PixelBuffer {
    private(set) var width = 0
    private(set) var height = 0
    /// At least `width` × `height` bytes; bytes after these are left from larger pictures.
    var pixels: [UInt8] = []

    /// Changes the size; the pixels are undefined until they are written.
    mutating func resize(width: Int, height: Int) {
        self.width = width
        self.height = height
        if pixels.count < width * height { pixels = [UInt8](repeating: 0, count: width * height) }
    }

    mutating func load(_ image: GreyImage) {
        width = image.width
        height = image.height
        pixels = image.pixels
    }

    /// Releases a loaded picture, so that its owner can write to it without a copy.
    mutating func unload() {
        pixels = []
    }

    mutating func invert() {
        for index in 0..<(width * height) { pixels[index] = ~pixels[index] }
    }

    mutating func loadInverted(_ other: PixelBuffer) {
        resize(width: other.width, height: other.height)
        for index in 0..<(width * height) { pixels[index] = ~other.pixels[index] }
    }

    /// Copies a part of another picture.
    mutating func load(_ part: Tile, of other: PixelBuffer) {
        resize(width: part.width, height: part.height)
        unsafe pixels.withUnsafeMutableBufferPointer { target in
            unsafe other.pixels.withUnsafeBufferPointer { source in
                for row in 0..<part.height {
                    let (to, from) = (row * part.width, (part.y + row) * other.width + part.x)
                    for column in 0..<part.width { unsafe target[to &+ column] = source[from &+ column] }
                }
            }
        }
    }

    /// The grey interpolated between four pixels, or that of the nearest pixel on the border.
    @inline(__always)
    func sample(_ x: Double, _ y: Double) -> Double {
        // Written so that a degenerate plane, whose coordinates are NaN, ends on the border.
        let left = x > 0.5 ? min(x - 0.5, Double(width - 1)) : 0
        let top = y > 0.5 ? min(y - 0.5, Double(height - 1)) : 0
        let column = min(Int(left), max(width - 2, 0))
        let row = min(Int(top), max(height - 2, 0))
        let right = width > 1 ? 1 : 0
        let down = height > 1 ? width : 0
        let place = row * width + column
        let across = left - Double(column)
        let along = top - Double(row)
        return unsafe pixels.withUnsafeBufferPointer { pixels in
            let upper = unsafe Double(pixels[place]) * (1 - across) + Double(pixels[place + right]) * across
            let lower =
                unsafe Double(pixels[place + down]) * (1 - across) + Double(pixels[place + down + right]) * across
            return upper * (1 - along) + lower * along
        }
    }
}
