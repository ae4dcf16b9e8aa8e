import Glibc
import QRDrawing
import QRReading

/// A symbol as a camera sees it that looks at it from below: its upper edge is further away.
struct SymbolView {
    let image: GreyImage

    /// Grey levels of ink and paper; no camera sees pure black and white.
    private static let (dark, light, ground) = (30.0, 225.0, 128.0)
    /// The camera's distance, in sides of the symbol.
    private static let distance = 1.6
    /// Places that a pixel's grey is the mean of, each way.
    private static let sampleCount = 2

    init(_ symbol: QRSymbol, modulePixels: Int, tiltDegrees: Int) {
        let quiet = Double(QRSymbol.quietZoneModules)
        let side = Double(symbol.size) + 2 * quiet
        let (sine, cosine) = (sin(Double(tiltDegrees) * .pi / 180), cos(Double(tiltDegrees) * .pi / 180))
        let pixels = Int(side) * modulePixels
        let range = 0..<pixels * Self.sampleCount
        let scale = 1 / Double(modulePixels * Self.sampleCount)
        var sums = [Double](repeating: 0, count: pixels * pixels)
        for row in range {
            // The ray through this row meets the leaning plane so far down, seen from its middle.
            let down = (Double(row) + 0.5) * scale - side / 2
            let depth = Self.distance * side
            let along = down * depth / (depth * cosine + down * sine)
            let stretch = (depth - along * sine) / depth
            for column in range {
                let across = ((Double(column) + 0.5) * scale - side / 2) * stretch
                let (x, y) = (across + side / 2, along + side / 2)
                let isOnPaper = x >= 0 && y >= 0 && x < side && y < side
                let isDark = isOnPaper && symbol.isDark(row: Int(y) - Int(quiet), column: Int(x) - Int(quiet))
                let grey = isDark ? Self.dark : isOnPaper ? Self.light : Self.ground
                sums[row / Self.sampleCount * pixels + column / Self.sampleCount] += grey
            }
        }
        let share = Double(Self.sampleCount * Self.sampleCount)
        var image = GreyImage(blankOfWidth: pixels, height: pixels)
        unsafe image.withMutablePixels { target in
            for index in sums.indices { unsafe target[index] = UInt8(sums[index] / share + 0.5) }
        }
        self.image = image
    }
}
