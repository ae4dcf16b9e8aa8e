import Encoding
import Testing

@Suite("The page of the formats")
struct EncodingPageTests {
    @Test("names every error's code of the three readers, and no other")
    func errors() throws {
        let types: Set = ["CBORError", "JSONError", "TextDecodingError"]
        let codes =
            CBORError.Code.allCases.map(\.rawValue) + JSONError.Code.allCases.map(\.rawValue)
            + TextDecodingError.Code.allCases.map(\.rawValue)
        #expect(try Page("Encoding.docc/Formats.md").names("Error codes") == types.union(codes))
    }
}
