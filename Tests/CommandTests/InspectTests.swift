import Encoding
import Glibc
import TestSupport
import Testing

@Suite("suishen inspect")
struct InspectTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func inspect(
        _ argument: String, input: [UInt8] = []
    ) throws -> (status: Int32, json: JSONValue, said: String) {
        let outcome = try Program("suishen").run(["inspect", argument, "--json"], input: input)
        let json = try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
        #expect(json["trusted"] == false && outcome.diagnostics.contains("untrusted"))
        return (outcome.status, json, outcome.diagnostics)
    }

    @Test("shows a transit code from hex, from bytes in a file, and from its picture")
    func transit() throws {
        let text = try TransitWorkshop().code()
        let hex = String(text.dropFirst(4))
        let bytes = try Hex.decode(hex)
        let files = [try folder.write(bytes, to: "code.bin"), try folder.write(Array(hex.utf8), to: "code")]
        for argument in [text, hex] + files {
            let shown = try inspect(argument)
            #expect(shown.status == 0 && shown.json["system"] == "transit")
            #expect(shown.json["cardAccount"] == .string(Hex.encode(VerifyGate.cardAccount)))
        }
        #expect(try inspect("-", input: bytes).json["system"] == "transit")
    }

    @Test("shows a medical-insurance code, and says where a cut health certificate breaks off")
    func others() throws {
        let medical = try inspect(MedicalAuthority.code)
        #expect(medical.status == 0 && medical.json["system"] == "medical" && medical.json["province"] == 31)
        let broken = try inspect("HC1:6BF")
        #expect(broken.status == 1 && broken.json["system"] == "hcert" && broken.json["brokenAt"] == "zlib")
        #expect(broken.said.contains("[malformed]"))
    }

    @Test(
        "reports an unknown code with its length and character set",
        arguments: [
            (Array("WIFI:S:x;;".utf8), "ascii"), (Array("碎".utf8), "utf-8"), ([0xFF, 0x00, 0x81], "binary"),
            ([], "ascii"),
        ])
    func unknown(bytes: [UInt8], charset: String) throws {
        let shown = try inspect("-", input: bytes)
        #expect(shown.status == 1 && shown.json["system"] == "unknown" && shown.said.contains("[unknown_code]"))
        #expect(shown.json["bytes"] == .string(Hex.encode(bytes)) && shown.json["charset"] == .string(charset))
        #expect(shown.json["byteCount"] == .integer(Int64(bytes.count)))
    }

    @Test("shows every code of a picture, and tells a file's name from a text")
    func files() throws {
        let outcome = try Program("suishen").run(["inspect", ProjectFiles.fixtures + "/scans/two.png", "--json"])
        let lines = outcome.output.split(separator: "\n")
        #expect(outcome.status == 1 && lines.count == 2)
        #expect(lines.first?.contains("\"code\":\"malformed\"") == true)
        #expect(lines.last?.contains("\"system\":\"unknown\"") == true)
        let picture = ProjectFiles.fixtures + "/pictures/person-chain.png"
        let person = try Program("suishen").run(["inspect", picture, "--json"])
        #expect(person.status == 0 && person.output.contains("\"system\":\"suishen\",\"form\":\"person\""))
        let missing = try Program("suishen").run(["inspect", folder("none.txt")])
        #expect(missing.status == 1 && missing.output.isEmpty && missing.diagnostics.contains("[input_unreadable]"))
    }
}
