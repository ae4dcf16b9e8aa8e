import Platform
import Testing

@Suite("The name of a caller on another machine")
struct CallerNameTests {
    @Test(
        "is a DNS name in lower case",
        arguments: [
            ("desk.example", "desk.example"), ("Desk-3.OFFICE.example", "desk-3.office.example"),
            ("1.2.example", "1.2.example"), ("xn--fiq.cn", "xn--fiq.cn"), ("a.b1", "a.b1"),
        ])
    func taken(text: String, name: String) {
        #expect(CallerName(text)?.text == name)
    }

    @Test(
        "is nothing that could be taken for a number, an address, a word of the settings, or more than one name",
        arguments: [
            "", ".", "desk", "every", "1001", "1001.", ".example", "desk..example", "desk.example.", "-a.example",
            "a-.example", "a_b.example", "*.example", "127.0.0.1", "desk.1001", "::1", "desk .example",
            "desk.example\0",
            "desk.example\n", "dés.example", "desk.example:1", "desk/.example", "a,b.example",
            String(repeating: "a", count: 64) + ".example",
            String(repeating: "a.", count: 124) + "example",
        ])
    func refused(text: String) {
        #expect(CallerName(text) == nil)
    }

    @Test("has at most 253 bytes")
    func longest() {
        let labels = String(repeating: String(repeating: "a", count: 49) + ".", count: 5)
        #expect(CallerName(labels + "com")?.text.utf8.count == 253)
        #expect(CallerName(labels + "comm") == nil)
    }
}
