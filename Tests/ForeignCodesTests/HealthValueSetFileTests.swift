import Encoding
import TestSupport
import Testing

@testable import ForeignCodes

/// The fixture's value sets, which have the codes of the ten countries' certificates.
enum ValueSetFile {
    private static let path = ProjectFiles.fixtures + "/health/value-sets.json"

    static func file() throws -> [JSONValue] {
        try #require(JSONValue.parse(ProjectFiles.bytes(path), byteCountMax: 1 << 16).array)
    }

    static func sets(_ value: JSONValue) throws -> HealthValueSets {
        try HealthValueSets(Array(value.encoded().utf8))
    }
}

@Suite("A file of value sets")
struct HealthValueSetFileTests {
    @Test("is read with one set alone, in an array, or in an object by their identifiers")
    func forms() throws {
        let file = try ValueSetFile.file()
        let all = try ValueSetFile.sets(.array(file))
        let named = JSONObject(
            file.map { JSONObject.Member(key: $0["valueSetId"]?.string ?? "", value: $0) })
        let bare = JSONObject(
            named.members.map { .init(key: $0.key, value: ["valueSetValues": $0.value["valueSetValues"] ?? .null]) })
        for object in [named, bare] {
            let sets = try ValueSetFile.sets(.object(object))
            for set in HealthValueSet.allCases {
                #expect(!sets.allows("000", in: set) && !all.allows("000", in: set), "\(set)")
            }
        }
        let one = try ValueSetFile.sets(file[0])
        #expect(!one.allows("000", in: .diseases) && one.allows("000", in: .countries) && one.unknownCount == 0)
        let marked = try HealthValueSets([0xEF, 0xBB, 0xBF] + Array(file[0].encoded().utf8))
        #expect(!marked.allows("000", in: .diseases))
        let other: JSONValue = ["valueSetId": "others", "valueSetValues": ["1": [:]]]
        #expect(try ValueSetFile.sets([file[0], other]).unknownCount == 1)
    }

    @Test("is refused where it is broken, holds no known set or one set twice")
    func broken() throws {
        let one = try ValueSetFile.file()[0].encoded()
        let id = #""valueSetId":"country-2-codes""#
        let codes = #""valueSetValues":{"SE":{}}"#
        for file in [
            "", "{}", "[]", "null", "1", "[1]", "\(one) \(one)", "[\(one),\(one)]", "[\(one)", "[null]", "[[\(one)]]",
            #"{"valueSetId":"others",\#(codes)}"#, #"{\#(id)}"#, #"{\#(codes)}"#, #"{\#(id),"valueSetValues":{}}"#,
            #"{\#(id),"valueSetValues":["SE"]}"#, #"{\#(id),"valueSetValues":{"SE":true}}"#,
            #"{\#(id),"valueSetValues":{"SE":{"active":"yes"}}}"#, #"{\#(id),"valueSetValues":{"SE":{},"SE":{}}}"#,
            #"{"valueSetId":1,\#(codes)}"#, #"{"country-2-codes":{"valueSetId":"others",\#(codes)}}"#,
            #"{"others":{\#(id),\#(codes)}}"#, #"[{"id":"country-2-codes","hash":"00"}]"#,
            #"{"country-2-codes":["SE"]}"#, "[" + Array(repeating: one, count: 65).joined(separator: ",") + "]",
        ] {
            let error = #expect(throws: HealthValueSetsError.self, "\(file)") { try HealthValueSets(Array(file.utf8)) }
            #expect(error?.code == .unreadable, "\(file)")
        }
        let many = (0...HealthValueSets.codeCountMax).map { #""\#($0)":{}"# }.joined(separator: ",")
        let long = #"{\#(id),"valueSetValues":{\#(many)}}"#
        #expect(throws: HealthValueSetsError.self) { try HealthValueSets(Array(long.utf8)) }
        let large = [UInt8](repeating: 0x20, count: HealthValueSets.byteCountMax + 1)
        let error = #expect(throws: HealthValueSetsError.self) { try HealthValueSets(large) }
        #expect(error?.code == .tooLarge)
    }
}
