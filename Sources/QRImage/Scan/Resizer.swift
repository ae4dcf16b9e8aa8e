/// Scales pictures: by the mean of what falls into a pixel downwards, between neighbours upwards.
enum Resizer {
    /// Scales so that the long side measures `longSide` pixels.
    static func scale(_ source: PixelBuffer, longSide: Int, into target: inout PixelBuffer) {
        let factor = Double(longSide) / Double(max(source.width, source.height))
        let width = max(1, Int(Double(source.width) * factor + 0.5))
        let height = max(1, Int(Double(source.height) * factor + 0.5))
        target.resize(width: width, height: height)
        let stepX = Double(source.width) / Double(width)
        let stepY = Double(source.height) / Double(height)
        // Above two source pixels to one, single samples would miss thin modules.
        let samples = factor >= 0.75 ? 1 : Int((1 / factor).rounded(.up))
        for row in 0..<height {
            for column in 0..<width {
                var sum = 0.0
                for down in 0..<samples {
                    for right in 0..<samples {
                        sum += source.sample(
                            (Double(column) + (Double(right) + 0.5) / Double(samples)) * stepX,
                            (Double(row) + (Double(down) + 0.5) / Double(samples)) * stepY)
                    }
                }
                target.pixels[row * width + column] = UInt8(sum / Double(samples * samples) + 0.5)
            }
        }
    }
}
