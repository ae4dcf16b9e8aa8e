import Encoding
import TestSupport
import Testing

@Suite("Personal values on stdin")
struct InputValueTests {
    @Test("register the person whom the same values on the command line register")
    func person() throws {
        let suishen = try SuishenRun()
        let medical = "0123456789abcdef01234567"
        let subject = try suishen.subject(["person", "register", "--resident-id", SuishenRun.residentID])
        let lines = Array("\(SuishenRun.residentID)\n\(medical)\n".utf8)
        // The lines come in the order of the help, whatever the order of the words.
        let answer = try suishen.answer(
            ["person", "register", "--medical", "-", "--resident-id", "-"], input: lines)
        #expect(answer["subject"]?.string == subject)
        for input in [
            "", SuishenRun.residentID + "\n", SuishenRun.residentID + "\n" + String(repeating: "a", count: 5000),
        ] {
            let outcome = try suishen.run(
                ["person", "register", "--resident-id", "-", "--medical", "-"], input: Array(input.utf8))
            #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.diagnostics.contains("[value_missing]"))
            #expect(!outcome.diagnostics.contains(SuishenRun.residentID) && !outcome.diagnostics.contains("aaaa"))
        }
    }

    @Test("are the values of an event's personal fields")
    func event() throws {
        let suishen = try SuishenRun()
        let place = try suishen.place()
        try suishen.answer(
            [
                "event", "append", place, "--step", "inspecting", "--personal", "inspector=-", "--personal", "badge=7",
                "--personal", "driver=-",
            ], input: Array("张三\n李四=-\n".utf8))
        let openings = try suishen.run(["log", "openings"]).output
        for (name, value) in ["inspector": "张三", "badge": "7", "driver": "李四=-"] {
            #expect(
                openings.split(separator: "\n").contains { $0.contains("\"\(name)\"") && $0.contains("\"\(value)\"") },
                "\(openings)")
        }
        #expect(
            try suishen.isRefused(
                ["event", "append", place, "--step", "inspecting", "--personal", "inspector=-"], code: "value_missing",
                status: 64))
    }
}
