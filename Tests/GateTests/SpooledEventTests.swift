import Encoding
import Testing

@testable import Gate

@Suite("A spooled event")
struct SpooledEventTests {
    @Test(
        "is read with a key that can be a header's, and is no event with another",
        arguments: ["a-1", "a b", "a\r\nb", "é", ""])
    func idempotencyKey(key: String) {
        let event = SpooledEvent(sequence: 0, idempotencyKey: key, request: ["step": "inspecting"])
        let line = event.line(after: []).bytes.dropLast()
        #expect((SpooledEvent.read(line, after: [], sequence: 0)?.event == event) == (key == "a-1"))
    }
}
