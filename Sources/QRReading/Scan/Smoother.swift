/// Reduces noise by the weighted mean of each pixel's neighbourhood.
struct Smoother {
    /// The weighted sum of three rows, for each column.
    private var sums: [UInt16] = []

    /// Applies the weights 1, 2, 1 in rows and columns.
    mutating func apply(_ source: PixelBuffer, into target: inout PixelBuffer) {
        let (width, height) = (source.width, source.height)
        target.resize(width: width, height: height)
        if sums.count < width { sums = [UInt16](repeating: 0, count: width) }
        unsafe source.pixels.withUnsafeBufferPointer { grey in
            unsafe target.pixels.withUnsafeMutableBufferPointer { smooth in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    for row in 0..<height {
                        let (here, above) = (row &* width, max(row &- 1, 0) &* width)
                        let below = min(row &+ 1, height &- 1) &* width
                        for column in 0..<width {
                            unsafe sums[column] =
                                UInt16(grey[above &+ column]) &+ 2 &* UInt16(grey[here &+ column])
                                &+ UInt16(grey[below &+ column])
                        }
                        for column in 0..<width {
                            let (left, right) = (max(column &- 1, 0), min(column &+ 1, width &- 1))
                            unsafe smooth[here &+ column] = UInt8(
                                truncatingIfNeeded: (sums[left] &+ 2 &* sums[column] &+ sums[right] &+ 8) >> 4)
                        }
                    }
                }
            }
        }
    }
}
