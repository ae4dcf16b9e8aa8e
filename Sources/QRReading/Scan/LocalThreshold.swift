/// Separates dark from light by the mean of the neighbourhood, which reduces the effect of shade and glare.
struct LocalThreshold {
    private var columnSums: [Int32] = []

    /// Writes 0 for dark and 255 for light.
    ///
    /// - Parameters:
    ///   - source: a grey picture.
    ///   - window: the side of the neighbourhood, in pixels.
    ///   - offset: how much darker than the mean a dark pixel must be.
    ///   - target: gets the result, in the picture's size.
    mutating func apply(_ source: PixelBuffer, window: Int, offset: Int32, into target: inout PixelBuffer) {
        let (width, height) = (source.width, source.height)
        target.resize(width: width, height: height)
        let radius = max(1, min(window / 2, min(width, height) / 2))
        columnSums.removeAll(keepingCapacity: true)
        columnSums.append(contentsOf: repeatElement(0, count: width))
        unsafe source.pixels.withUnsafeBufferPointer { grey in
            unsafe target.pixels.withUnsafeMutableBufferPointer { binary in
                unsafe columnSums.withUnsafeMutableBufferPointer { sums in
                    for row in 0..<min(radius, height) {
                        for column in 0..<width { unsafe sums[column] &+= Int32(grey[row * width + column]) }
                    }
                    for row in 0..<height {
                        let first = max(0, row - radius)
                        let last = min(height - 1, row + radius)
                        let (entering, leaving) = ((row + radius) * width, (row - radius - 1) * width)
                        switch (row + radius < height, row > radius) {
                        case (true, true):
                            for column in 0..<width {
                                let change = unsafe Int32(grey[entering &+ column]) &- Int32(grey[leaving &+ column])
                                unsafe sums[column] &+= change
                            }
                        case (true, false):
                            for column in 0..<width { unsafe sums[column] &+= Int32(grey[entering &+ column]) }
                        case (false, true):
                            for column in 0..<width { unsafe sums[column] &-= Int32(grey[leaving &+ column]) }
                        case (false, false): break
                        }
                        unsafe Self.applyRow(
                            UnsafeBufferPointer(rebasing: grey[(row * width)..<((row + 1) * width)]),
                            UnsafeBufferPointer(sums), rowCount: Int32(last - first + 1), radius: radius,
                            offset: offset, binary.baseAddress.map { unsafe $0 + row * width })
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func applyRow(
        _ grey: UnsafeBufferPointer<UInt8>, _ sums: UnsafeBufferPointer<Int32>, rowCount: Int32, radius: Int,
        offset: Int32, _ target: UnsafeMutablePointer<UInt8>?
    ) {
        guard let target = unsafe target else { return }
        let width = grey.count
        var sum: Int32 = 0
        for column in 0..<min(radius, width) { unsafe sum &+= sums[column] }
        // Away from the borders every neighbourhood is complete, so the loop needs no bounds checks.
        let whole = min(radius + 1, width)..<max(min(radius + 1, width), width - radius)
        let wholeCount = rowCount &* Int32(2 * radius + 1)
        func border(_ columns: Range<Int>) {
            for column in columns {
                if column + radius < width { unsafe sum &+= sums[column + radius] }
                if column - radius > 0 { unsafe sum &-= sums[column - radius - 1] }
                let columnCount = Int32(min(width - 1, column + radius) - max(0, column - radius) + 1)
                let isDark = unsafe (Int32(grey[column]) &+ offset) &* (rowCount &* columnCount) < sum
                unsafe target[column] = isDark ? 0 : 255
            }
        }
        border(0..<whole.lowerBound)
        for column in whole {
            unsafe sum &+= sums[column &+ radius] &- sums[column &- radius &- 1]
            unsafe target[column] = (Int32(grey[column]) &+ offset) &* wholeCount < sum ? 0 : 255
        }
        border(whole.upperBound..<width)
    }
}
