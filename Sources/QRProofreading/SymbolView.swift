import QRStandard
import Glibc
import QRDrawing
import QRReading

/// A symbol seen by a camera from below: its upper edge is further away.
struct SymbolView {
    let image: GreyImage

    /// The grey levels of ink and paper; cameras do not see pure black and white.
    private static let (dark, light, ground) = (30.0, 225.0, 128.0)
    /// The camera's distance, in side lengths of the symbol.
    private static let distance = 1.6
    /// The number of samples in each direction for one pixel's grey.
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
            // How far below its middle the tilted plane meets the ray through this row.
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
