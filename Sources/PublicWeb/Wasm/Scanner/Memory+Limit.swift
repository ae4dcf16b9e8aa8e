import QRReading

extension Memory {
    /// The most bytes of one call: the largest picture in colours, and the other parts.
    static let byteCountMax = 4 * ImageLimits.pixelCountMax + 1024
}
