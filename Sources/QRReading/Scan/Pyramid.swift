/// A large picture at half its size, a quarter and so on; reuses its buffers for every picture.
struct Pyramid {
    private var halves: [PixelBuffer] = []
    /// The number of smaller pictures, each half the size of the one before.
    private(set) var count = 0

    /// The picture at half its size (0), a quarter (1) and so on.
    subscript(level: Int) -> PixelBuffer { halves[level] }

    mutating func clear() { count = 0 }

    /// Halves a picture until its long side is at most `longSide`.
    mutating func build(_ picture: PixelBuffer, downTo longSide: Int) {
        count = 0
        var side = max(picture.width, picture.height)
        while side > longSide {
            if halves.count == count { halves.append(PixelBuffer()) }
            if count == 0 {
                halves[0].loadHalf(of: picture)
            } else {
                let larger = halves[count - 1]
                halves[count].loadHalf(of: larger)
            }
            count += 1
            side /= 2
        }
    }
}

extension PixelBuffer {
    /// Loads the means of each two by two pixels of another picture, without its last odd row and column.
    fileprivate mutating func loadHalf(of other: PixelBuffer) {
        resize(width: max(1, other.width / 2), height: max(1, other.height / 2))
        let (width, stride) = (width, other.width)
        // A line of one pixel has no neighbour.
        let (right, down) = (other.width > 1 ? 1 : 0, other.height > 1 ? other.width : 0)
        unsafe pixels.withUnsafeMutableBytes { target in
            unsafe other.pixels.withUnsafeBytes { source in
                for row in 0..<height {
                    let (upper, first) = (row &* 2 &* stride, row &* width)
                    var column = 0
                    while column &+ 16 <= width, stride > 32 {
                        let place = upper &+ column &* 2
                        let above = unsafe source.loadUnaligned(fromByteOffset: place, as: SIMD32<UInt8>.self)
                        let below = unsafe source.loadUnaligned(fromByteOffset: place &+ down, as: SIMD32<UInt8>.self)
                        let sums =
                            SIMD16<UInt16>(truncatingIfNeeded: above.evenHalf)
                            &+ SIMD16<UInt16>(truncatingIfNeeded: above.oddHalf)
                            &+ SIMD16<UInt16>(truncatingIfNeeded: below.evenHalf)
                            &+ SIMD16<UInt16>(truncatingIfNeeded: below.oddHalf)
                        let means = SIMD16<UInt8>(truncatingIfNeeded: (sums &+ 2) &>> 2)
                        unsafe target.storeBytes(of: means, toByteOffset: first &+ column, as: SIMD16<UInt8>.self)
                        column &+= 16
                    }
                    while column < width {
                        let place = upper &+ column &* 2
                        let sum =
                            unsafe UInt16(source[place]) &+ UInt16(source[place &+ right])
                            &+ UInt16(source[place &+ down]) &+ UInt16(source[place &+ down &+ right])
                        unsafe target[first &+ column] = UInt8(truncatingIfNeeded: (sum &+ 2) &>> 2)
                        column &+= 1
                    }
                }
            }
        }
    }
}
