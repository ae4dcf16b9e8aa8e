import Encoding

/// Claims under construction, which may break every rule.
struct Draft {
    static let issuedAt: UInt64 = 1_790_000_000
    static let uscc = "91310000MA1FL0000N"
    static let bodyKey: Int64 = -65537

    /// Claims by number.
    var claims: [Int64: CBORItem]
    /// The items of the body.
    var body: [CBORItem]

    var payload: [UInt8] {
        var entries = claims.map { CBORMap.Entry(key: .integer($0.key), value: $0.value) }
        entries.append(.init(key: .integer(Self.bodyKey), value: .array(body)))
        return CBORItem.map(CBORMap(entries)).encoded()
    }

    func with(_ change: (inout Draft) -> Void) -> Draft {
        var copy = self
        change(&copy)
        return copy
    }

    private static func person(lifetime: UInt64, body: [CBORItem]) -> Draft {
        Draft(
            claims: [
                1: .text("SH"), 4: .unsigned(issuedAt + lifetime), 6: .unsigned(issuedAt),
                7: .byteString(Array(0xA0...0xA7)),
            ],
            body: body)
    }

    static let seals = CBORItem.byteString(Array(0x40..<0x60))

    static func signed(deviceKey: [UInt8]) -> Draft {
        person(
            lifetime: 86_400,
            body: [.unsigned(1), .unsigned(0), .unsigned(70_001), .byteString(deviceKey), seals])
    }

    static func chain(anchor: [UInt8]) -> Draft {
        person(
            lifetime: 86_400, body: [.unsigned(1), .unsigned(1), .unsigned(70_002), .byteString(anchor), seals])
    }

    static let timed = person(lifetime: 120, body: [.unsigned(1), .unsigned(2), .null, .null, seals])
    static let paper = person(
        lifetime: 30 * 86_400, body: [.unsigned(1), .unsigned(3), .unsigned(70_003), .null, seals])
    static let actor = CBORItem.array([.byteString(Array(0xB0...0xB7)), .unsigned(70_004), .unsigned(3)])

    static let enterprise = Draft(
        claims: [1: .text("SH"), 4: .unsigned(issuedAt + 365 * 86_400), 6: .unsigned(issuedAt)],
        body: [.unsigned(2), .text(uscc), .text("上海随申测试科技公司"), .unsigned(70_005)])

    static let location = CBORItem.array([.unsigned(31_230_400), .unsigned(121_473_700), .unsigned(0)])
    static let object = Draft(
        claims: [1: .text("SH"), 6: .unsigned(issuedAt)],
        body: [
            .unsigned(3), .unsigned(0), .byteString(Array(0xC0...0xC7)), .unsigned(100), .text(uscc), location,
            .unsigned(70_006),
        ])
}
