/// Tells which codes have newly come into view of a camera.
///
/// A code is reported once, and again only after so many frames without it: single frames fail to read.
package struct FrameTracker: Sendable {
    /// Half a second at 30 frames a second.
    package static let absentFrameCountDefault = 15
    /// The most codes remembered at once; the one unseen for longest goes first.
    static let codeCountMax = 64

    private let absentFrameCount: Int
    private var absences: [[UInt8]: Int] = [:]

    /// Starts with nothing in view.
    ///
    /// - Parameter absentFrameCount: frames without a code before it counts as gone.
    package init(absentFrameCount: Int = absentFrameCountDefault) {
        self.absentFrameCount = absentFrameCount
    }

    /// Takes the next frame's codes.
    ///
    /// - Parameter codes: what the frame gave; none for a frame that could not be read.
    /// - Returns: the codes that were not in view before.
    package mutating func newCodes(_ codes: [ScannedCode]) -> [ScannedCode] {
        absences = absences.mapValues { $0 + 1 }.filter { $0.value <= absentFrameCount }
        var new: [ScannedCode] = []
        for code in codes {
            if absences[code.bytes] == nil { new.append(code) }
            absences[code.bytes] = 0
        }
        while absences.count > Self.codeCountMax, let oldest = absences.max(by: { $0.value < $1.value }) {
            absences[oldest.key] = nil
        }
        return new
    }
}
