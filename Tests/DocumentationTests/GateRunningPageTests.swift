import GateRunning
import Testing

@Suite("The page of what is in view")
struct GateRunningPageTests {
    @Test("has the limits of the view")
    func limits() throws {
        let limits: [String: Int] = [
            "codes remembered while in view": FrameTracker.codeCountMax,
            "frames without a code before it counts as gone": FrameTracker.absentFrameCountDefault,
        ]
        #expect(try Page("GateRunning.docc/View.md").numbers("Limits") == limits)
        #expect(StillCodes.stillMicroseconds == 10_000_000)
    }
}
