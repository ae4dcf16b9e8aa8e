/// A grey picture that passes write into and use again; it only grows.
struct PixelBuffer {
    private(set) var width = 0
    private(set) var height = 0
    /// At least `width` × `height` bytes; what lies behind them is left over from larger pictures.
    var pixels: [UInt8] = []

    /// Takes a size; what the pixels then are is left to who writes them.
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

    /// Lets go of a picture that was loaded, whose memory its owner then has for itself.
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

    /// The pixel between four others, or the nearest one on the border.
    @inline(__always)
    func sample(_ x: Double, _ y: Double) -> Double {
        // Written so that a plane gone wrong, whose places are no numbers, lands on the border.
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
