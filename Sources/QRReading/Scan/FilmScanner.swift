/// Reads a camera's film: tells which codes come into view, and looks further before anybody decides on them.
package struct FilmScanner {
    /// What one frame shows.
    package struct Frame {
        /// The codes that were read, and where the frame was searched also those that were not.
        package let scan: Scan
        /// The codes that have just come into view.
        package let new: [ScannedCode]
        /// Whether the frame was searched for codes beside those that were read.
        package let isSearched: Bool
    }

    private var scanner: Scanner
    private var tracker = FrameTracker()
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

    /// Whether a code is in view, or was a moment ago.
    package func isInView(_ code: [UInt8]) -> Bool { tracker.isInView(code) }

    /// Reads the next frame.
    ///
    /// A gate must neither lag behind its camera nor miss a code that only a long look reads: while frames wait, most
    /// get a short look.
    ///
    /// - Parameters:
    ///   - frame: any grey picture.
    ///   - isLate: whether the frame was already waiting when it was asked for.
    ///   - isAwaited: whether a search is needed for the sake of the codes that were read.
    /// - Returns: the frame's codes; searched when codes came into view, when they are awaited, and every now and then.
    package mutating func read(
        _ frame: GreyImage, isLate: Bool, isAwaited: ([ScannedCode]) -> Bool
    ) -> Frame {
        lateCount = isLate ? lateCount + 1 : 0
        frameCount += 1
        let scan = scanner.scanFrame(frame, isLate: lateCount % Self.lateFramesPerLongLook > 0)
        let new = tracker.newCodes(scan.codes)
        guard !new.isEmpty || frameCount % Self.framesPerSearch == 0 || isAwaited(scan.codes) else {
            return Frame(scan: scan, new: [], isSearched: false)
        }
        let further = scanner.scanFurther(frame)
        return Frame(scan: further, new: new + tracker.furtherCodes(further.codes), isSearched: true)
    }
}
