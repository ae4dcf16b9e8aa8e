/// Tells which codes have newly come into a camera's view.
///
/// A code is reported once, and again only after several frames without it, since reading fails in single frames.
package struct FrameTracker: Sendable {
    /// Half a second at 30 frames a second.
    package static let absentFrameCountDefault = 15
    /// The most codes remembered at once; the code that was absent longest is removed first.
    package static let codeCountMax = 64

    private let absentFrameCount: Int
    private var seen: [(code: [UInt8], absence: Int)] = []

    /// Starts with nothing in view.
    ///
    /// - Parameter absentFrameCount: the frames without a code after which it counts as gone.
    package init(absentFrameCount: Int = absentFrameCountDefault) {
        self.absentFrameCount = absentFrameCount
    }

    /// The number of codes in view, with those that were in view within the last `absentFrameCount` frames.
    package var count: Int { seen.count }

    /// Whether a code is in view, or was in view within the last `absentFrameCount` frames.
    package func isInView(_ code: [UInt8]) -> Bool {
        seen.contains { $0.code == code }
    }

    /// Whether the next frame would show a code as new.
    package func isNew(_ code: [UInt8]) -> Bool {
        !seen.contains { $0.code == code && $0.absence < absentFrameCount }
    }

    /// Takes the next frame's codes.
    ///
    /// - Parameter codes: the payloads in the frame; empty for a frame that could not be read.
    /// - Returns: the codes that were not in view before.
    package mutating func newCodes(_ codes: [[UInt8]]) -> [[UInt8]] {
        for index in seen.indices { seen[index].absence += 1 }
        seen.removeAll { $0.absence > absentFrameCount }
        var new: [[UInt8]] = []
        for code in codes {
            if let index = seen.firstIndex(where: { $0.code == code }) {
                seen[index].absence = 0
            } else {
                new.append(code)
                seen.append((code, 0))
            }
        }
        while seen.count > Self.codeCountMax, let oldest = seen.indices.max(by: { seen[$0].absence < seen[$1].absence })
        {
            seen.remove(at: oldest)
        }
        return new
    }
}
