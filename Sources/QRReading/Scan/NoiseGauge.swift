/// Estimates a picture's noise from pixels that differ from what their neighbours suggest.
enum NoiseGauge {
    /// The rows of which one is measured.
    private static let rowStep = 64
    /// The noise in grey levels from which on smoothing helps more than it blurs; drawn and scanned pictures are below.
    private static let noisyFrom = 5.0

    /// Whether a picture is so noisy that it is smoothed before finder patterns are searched.
    static func isNoisy(_ picture: PixelBuffer) -> Bool { level(of: picture) > noisyFrom }

    /// The standard deviation of noise, in grey levels, by Immerkær's method (Fast Noise Variance Estimation, 1996).
    ///
    /// The median over rows is taken, since a row through a code or a text has strong edges everywhere.
    private static func level(of picture: PixelBuffer) -> Double {
        let width = picture.width
        guard width > 2, picture.height > 2 else { return 0 }
        var levels: [Double] = []
        for row in stride(from: 1, to: picture.height - 1, by: rowStep) {
            var sum = 0
            unsafe picture.pixels.withUnsafeBufferPointer { pixels in
                let here = row * width
                for column in 1..<(width - 1) {
                    let place = here + column
                    func line(_ first: Int) -> (Int, Int, Int) {
                        unsafe (Int(pixels[first - 1]), Int(pixels[first]), Int(pixels[first + 1]))
                    }
                    let (upper, middle, lower) = (line(place - width), line(place), line(place + width))
                    let corners = upper.0 + upper.2 + lower.0 + lower.2
                    let sides = upper.1 + middle.0 + middle.2 + lower.1
                    sum += abs(corners - 2 * sides + 4 * middle.1)
                }
            }
            // The mean of |N(0, σ²)| is σ √(2/π), and the mask's weights have the norm 6.
            levels.append(Double(sum) / Double(width - 2) * (Double.pi / 2).squareRoot() / 6)
        }
        levels.sort()
        return levels[levels.count / 2]
    }
}
