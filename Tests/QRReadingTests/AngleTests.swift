import Glibc
import Testing

@testable import QRReading

@Suite("An angle in turns")
struct AngleTests {
    @Test("is the system's to the last few bits, in every direction")
    func matches() {
        for step in 0..<3_600 {
            let angle = (Double(step) + 0.37) / 3_600 * 2 * Double.pi
            for length in [1e-9, 1, 12_345.678] {
                let (x, y) = (length * cos(angle), length * sin(angle))
                #expect(abs(Angle.turns(x: x, y: y) - atan2(y, x) / (2 * .pi)) < 2e-16, "\(angle)")
            }
        }
    }

    @Test("is exact along the axes, and 0 without a direction")
    func axes() {
        #expect(Angle.turns(x: 2, y: 0) == 0 && Angle.turns(x: 0, y: 3) == 0.25)
        #expect(Angle.turns(x: -1, y: 0) == 0.5 && Angle.turns(x: 0, y: -1) == -0.25)
        #expect(Angle.turns(x: 0, y: 0) == 0)
    }
}
