import Credential
import Testing

@Suite("An identifier")
struct IdentifierTests {
    @Test(
        "of a resident is checked by GB 11643",
        arguments: [
            ("11010519491231002X", 1949_12_31), ("440524188001010014", 1880_01_01), ("11010519491231002x", 1949_12_31),
        ])
    func resident(text: String, birthDate: Int) throws {
        let id = try ResidentID(text)
        #expect(id.text == text.uppercased() && id.birthDate == birthDate)
    }

    @Test(
        "of a resident is refused otherwise",
        arguments: [
            ("", IdentifierError.Code.length), ("1101051949123100", .length), ("11010519491231002XX", .length),
            ("110105194912310021", .checkCharacter), ("11010519491231003X", .checkCharacter),
            ("1101051949123100AX", .character), ("990105194912310021", .division), ("11010519491331002X", .date),
            ("11010519490229002X", .date), ("11010500001231002X", .date), ("１１０１０５", .character),
        ])
    func residentRefused(text: String, code: IdentifierError.Code) throws {
        let error = try #require(throws: IdentifierError.self) { try ResidentID(text) }
        #expect(error.code == code)
        #expect(text.isEmpty || !"\(error.reason)\(error.hint)".contains(text))
    }

    @Test("of an enterprise is checked by GB 32100", arguments: ["91350100M000100Y43", "91310000MA1FL0000N"])
    func enterprise(text: String) throws {
        #expect(try USCC(text).text == text)
        #expect(try USCC(text.lowercased()).text == text)
    }

    @Test(
        "of an enterprise is refused otherwise",
        arguments: [
            ("91350100M000100Y4", IdentifierError.Code.length), ("91350100M000100Y44", .checkCharacter),
            ("91350100I000100Y43", .character), ("Z1350100M000100Y43", .character), ("01350100M000100Y43", .character),
            ("91990100M000100Y43", .division), ("9135A100M000100Y43", .character),
            ("91350100M0001\u{FB00}0Y6", .character),
        ])
    func enterpriseRefused(text: String, code: IdentifierError.Code) throws {
        #expect(try #require(throws: IdentifierError.self) { try USCC(text) }.code == code)
    }

    @Test("of an enterprise is refused at every changed character but one in 31")
    func enterpriseChanges() throws {
        let text = Array("91350100M000100Y43")
        for index in text.indices {
            for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" where character != text[index] {
                var changed = text
                changed[index] = character
                #expect(throws: IdentifierError.self) { try USCC(String(changed)) }
            }
        }
    }

    @Test("of a division names a province")
    func division() throws {
        #expect(try DivisionCode("310101").text == "310101")
        #expect(try #require(throws: IdentifierError.self) { try DivisionCode("830000") }.code == .division)
        #expect(try #require(throws: IdentifierError.self) { try DivisionCode("31010") }.code == .length)
        #expect(try #require(throws: IdentifierError.self) { try DivisionCode("31010A") }.code == .character)
    }

    @Test("of a category is found by name and by number, and is nobody else's")
    func categories() throws {
        let table = ObjectCategory.table
        #expect(Set(table.map(\.number)).count == table.count && Set(table.map(\.name)).count == table.count)
        #expect(table.allSatisfy { $0.number <= Claims.categoryMax })
        for name in [
            "park", "library", "hospital", "metro-station", "bus", "venue", "shop", "elevator", "fire-equipment",
            "gas-cylinder", "bridge", "vehicle",
        ] {
            let category = try #require(ObjectCategory(name))
            #expect(
                ObjectCategory("\(category.number)") == category && ObjectCategory(number: category.number) == category)
        }
        #expect(ObjectCategory("castle") == nil && ObjectCategory("99999") == nil)
    }
}
