import ArgumentParser
import QRReading

/// The size of a camera's frames in pixels, written WIDTHxHEIGHT.
struct FrameSize: ExpressibleByArgument, CustomStringConvertible {
    let width: Int
    let height: Int

    /// Accepts only sizes that a picture may have.
    init?(argument: String) {
        let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1],
            ImageLimits.allow(width: width, height: height)
        else { return nil }
        self.width = width
        self.height = height
    }

    var byteCount: Int { width * height }

    var description: String { "\(width)x\(height)" }
}
