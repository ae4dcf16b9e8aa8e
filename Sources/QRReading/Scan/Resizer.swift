/// Scales pictures: down by the mean of the source pixels, up by interpolation between neighbours.
struct Resizer {
    private var columns = ScaledAxis()
    private var rows = ScaledAxis()
    private var sums: [UInt32] = []

    /// Scales so that the long side has `longSide` pixels.
    mutating func scale(_ source: PixelBuffer, longSide: Int, into target: inout PixelBuffer) {
        let factor = Double(longSide) / Double(max(source.width, source.height))
        let width = max(1, Int(Double(source.width) * factor + 0.5))
        let height = max(1, Int(Double(source.height) * factor + 0.5))
        target.resize(width: width, height: height)
        columns.fit(source.width, to: width)
        rows.fit(source.height, to: height)
        if sums.count != source.width { sums = [UInt32](repeating: 0, count: source.width) }
        unsafe source.pixels.withUnsafeBufferPointer { pixels in
            unsafe target.pixels.withUnsafeMutableBufferPointer { result in
                for row in 0..<height {
                    unsafe addRows(row, of: pixels, width: source.width)
                    for column in 0..<width {
                        var sum: UInt32 = 1 << 15
                        let start = columns.starts[column]
                        for index in columns.weightRange(column) {
                            sum &+= sums[start &+ index &- columns.firsts[column]] &* columns.weights[index]
                        }
                        unsafe result[row &* width &+ column] = UInt8(truncatingIfNeeded: sum >> 16)
                    }
                }
            }
        }
    }

    /// Adds the source rows of one target row, by their weights.
    private mutating func addRows(_ row: Int, of pixels: UnsafeBufferPointer<UInt8>, width: Int) {
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            for index in rows.weightRange(row) {
                let weight = rows.weights[index]
                let first = (rows.starts[row] + index - rows.firsts[row]) * width
                if index == rows.firsts[row] {
                    for column in 0..<width {
                        unsafe sums[column] = UInt32(pixels[first &+ column]) &* weight
                    }
                } else {
                    for column in 0..<width {
                        unsafe sums[column] &+= UInt32(pixels[first &+ column]) &* weight
                    }
                }
            }
        }
    }
}

/// The weights of a line's pixels in the pixels of a longer or shorter line.
private struct ScaledAxis {
    /// The first source pixel of each target pixel.
    private(set) var starts: [Int] = []
    /// The first index of each target pixel's weights, and the end index after the last.
    private(set) var firsts: [Int] = []
    /// The weights, which add up to 256 for each target pixel.
    private(set) var weights: [UInt32] = []

    func weightRange(_ index: Int) -> Range<Int> { firsts[index]..<firsts[index + 1] }

    mutating func fit(_ sourceCount: Int, to targetCount: Int) {
        starts.removeAll(keepingCapacity: true)
        firsts.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        let step = Double(sourceCount) / Double(targetCount)
        for index in 0..<targetCount {
            firsts.append(weights.count)
            if step > 1 {
                addMean(from: Double(index) * step, to: min(Double(index + 1) * step, Double(sourceCount)))
            } else {
                addNeighbours(of: (Double(index) + 0.5) * step - 0.5, sourceCount: sourceCount)
            }
        }
        firsts.append(weights.count)
    }

    private mutating func addMean(from begin: Double, to end: Double) {
        let first = Int(begin)
        starts.append(first)
        var (place, given) = (begin, UInt32(0))
        while place < end {
            let next = min(Double(Int(place) + 1), end)
            // The running sum is rounded, so that the weights add up.
            let total = UInt32((next - begin) / (end - begin) * 256 + 0.5)
            weights.append(total - given)
            (place, given) = (next, total)
        }
    }

    private mutating func addNeighbours(of place: Double, sourceCount: Int) {
        let inside = min(max(place, 0), Double(sourceCount - 1))
        let first = min(Int(inside), max(sourceCount - 2, 0))
        starts.append(first)
        guard sourceCount > 1 else { return weights.append(256) }
        let part = UInt32((inside - Double(first)) * 256 + 0.5)
        weights.append(256 - part)
        weights.append(part)
    }
}
