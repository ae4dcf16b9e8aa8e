/// Reads a camera's film, and looks further at a frame before anybody decides on its codes.
package struct FilmScanner {
    /// What one frame shows.
    package struct Frame {
        /// The codes that were read, and where the frame was searched also those that were not.
        package let scan: Scan
        /// Whether the frame was searched for codes beside those that were read.
        package let isSearched: Bool
    }

    private var scanner: Scanner
    private var frameCount = 0
    private var lateCount = 0

    /// Of this many frames, one is searched for codes in the background, so that these are known before a code comes.
    private static let framesPerSearch = 4
    /// Of this many late frames, one gets a long look.
    private static let lateFramesPerLongLook = 4

    /// - Parameter scanner: reads the frames, each within its limit.
    package init(_ scanner: Scanner) {
        self.scanner = scanner
    }

    /// Reads the next frame.
    ///
    /// A gate must neither lag behind its camera nor miss a code that only a long look reads: while frames wait, most
    /// get a short look.
    ///
    /// - Parameters:
    ///   - frame: any grey picture.
    ///   - isLate: whether the frame was already waiting when it was asked for.
    ///   - isAwaited: whether codes among those that were read are to be decided on.
    /// - Returns: the frame's codes; searched when they are awaited, and every now and then.
    package mutating func read(
        _ frame: GreyImage, isLate: Bool, isAwaited: ([[UInt8]]) -> Bool
    ) -> Frame {
        lateCount = isLate ? lateCount + 1 : 0
        frameCount += 1
        let scan = scanner.scanFrame(frame, isLate: lateCount % Self.lateFramesPerLongLook > 0)
        guard frameCount % Self.framesPerSearch == 0 || isAwaited(scan.codes.map { $0.bytes }) else {
            return Frame(scan: scan, isSearched: false)
        }
        return Frame(scan: scanner.scanFurther(frame), isSearched: true)
    }
}
