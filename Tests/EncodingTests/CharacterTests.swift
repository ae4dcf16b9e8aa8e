import Encoding
import Testing

@Suite("A character's class")
struct CharacterTests {
    @Test("is unseen in four general categories, in the table as in the standard library")
    func unseen() {
        for scalar in (UInt32(0)...0x10_ffff).lazy.compactMap(Unicode.Scalar.init) {
            let isUnseen =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            if scalar.isUnseen != isUnseen { Issue.record("U+\(String(scalar.value, radix: 16))") }
        }
    }

    @Test("is that of capital letters for a to z alone")
    func capitals() {
        #expect("az-09.Äß码ﬁ".withCapitalLetters() == "AZ-09.Äß码ﬁ")
        #expect("".withCapitalLetters() == "")
    }
}
