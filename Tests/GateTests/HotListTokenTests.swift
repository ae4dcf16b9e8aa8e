import Credential
import Encoding
import Gate
import Signing
import Testing

@Suite("A hot list")
struct HotListTokenTests {
    private static let token = HotListToken(
        subject: "https://code.example.cn/status/hot", base: 5, issuedAt: 7, expiresAt: 9,
        revoked: ["SH-person-8": [70_000, 3, 3], "SH-object-lasting": [0], "SH-person-9": []])

    /// The example of the status page, written by hand after its CDDL.
    private static let example = try? Hex.decode(
        "a4" + "0272" + "68747470733a2f2f782e636e2f732f686f74" + "0409" + "0607" + "3a00010002"
            + "a2" + "6462617365" + "05" + "656c69737473" + "81" + "82" + "6b" + "53482d706572736f6e2d38" + "82" + "03"
            + "1a00011170")

    private func refusal(_ claims: CBORItem) -> BundleError.Code? {
        do throws(BundleError) {
            _ = try HotListToken(claims: claims.encoded()[...])
            return nil
        } catch {
            return error.code
        }
    }

    private func claims(
        base: CBORItem = .unsigned(5), iat: UInt64 = 7, exp: UInt64 = 9, lists: [CBORItem] = [],
        more: [CBORMap.Entry] = [], bodyMore: [CBORMap.Entry] = []
    ) -> CBORItem {
        .map(
            CBORMap(
                [
                    .init(key: .unsigned(2), value: .text("hot")), .init(key: .unsigned(4), value: .unsigned(exp)),
                    .init(key: .unsigned(6), value: .unsigned(iat)),
                    .init(
                        key: .integer(-65539),
                        value: .map(
                            CBORMap(
                                [
                                    .init(key: .text("base"), value: base),
                                    .init(key: .text("lists"), value: .array(lists)),
                                ] + bodyMore))),
                ] + more))
    }

    private static func list(_ name: String, _ bits: [UInt64]) -> CBORItem {
        .array([.text(name), .array(bits.map(CBORItem.unsigned))])
    }

    @Test("has the bytes of the page's example")
    func example() throws {
        let token = HotListToken(
            subject: "https://x.cn/s/hot", base: 5, issuedAt: 7, expiresAt: 9, revoked: ["SH-person-8": [70_000, 3]])
        let bytes = try #require(Self.example)
        #expect(Hex.encode(token.claims()) == Hex.encode(bytes))
        #expect(try HotListToken(claims: bytes[...]) == token)
    }

    @Test("is sorted, and names a list and a bit once", arguments: Signing.Suite.allCases)
    func roundTrip(_ suite: Signing.Suite) throws {
        let key = try SigningKey.generate(suite.algorithm)
        let bytes = try Self.token.signed(by: key)
        let read = try HotListToken(bytes[...]) { $0.isSigned(by: key.verificationKey) }
        #expect(read == Self.token)
        #expect(read.revoked.map(\.list) == ["SH-object-lasting", "SH-person-8"])
        #expect(read.revoked.last?.bits == [3, 70_000])
    }

    @Test("is taken from a trusted signer only, and unchanged in every byte")
    func signer() throws {
        let key = try SigningKey.generate(.ed25519)
        let bytes = try Self.token.signed(by: key)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: BundleError.self) {
                try HotListToken(changed[...]) { $0.isSigned(by: key.verificationKey) }
            }
            #expect(throws: BundleError.self) {
                try HotListToken(bytes[..<index]) { $0.isSigned(by: key.verificationKey) }
            }
        }
        #expect(throws: BundleError.self) { try HotListToken(bytes[...]) { _ in false } }
    }

    @Test("does not pass as a status list, nor a status list as a hot list")
    func otherTypes() throws {
        let key = try SigningKey.generate(.ed25519)
        let hot = try Self.token.signed(by: key)
        #expect(throws: BundleError.self) { try StatusListToken(hot[...]) { _ in true } }
        let list = try StatusListToken(
            subject: "hot", issuedAt: 5, expiresAt: 9, timeToLiveSeconds: nil, list: StatusList(count: 8)
        ).signed(by: key)
        #expect(throws: BundleError.self) { try HotListToken(list[...]) { _ in true } }
    }

    @Test("is refused out of order, out of range, empty in a list, or with anything more")
    func strict() {
        let sound = [Self.list("A", [1, 2]), Self.list("B", [0])]
        #expect(refusal(claims(lists: sound)) == nil)
        let last = UInt64(StatusList.readCountMax) - 1
        #expect(refusal(claims(lists: [Self.list("A", [last])])) == nil)
        let refused: [[CBORItem]] = [
            [Self.list("A", [2, 1])], [Self.list("A", [1, 1])], [Self.list("A", [])], [Self.list("A", [last + 1])],
            [Self.list("B", [1]), Self.list("A", [1])], [Self.list("A", [1]), Self.list("A", [2])],
            [Self.list("", [1])], [Self.list(String(repeating: "a", count: 129), [1])], [.text("A")],
            [.array([.text("A")])], [.array([.text("A"), .array([.unsigned(1)]), .null])],
            [.array([.text("A"), .array([.text("1")])])], [.array([.byteString([65]), .array([.unsigned(1)])])],
            [.array([.text("A"), .array([.negative(0)])])],
        ]
        for lists in refused { #expect(refusal(claims(lists: lists)) == .statusUnknown, "\(lists)") }
        let more = CBORMap.Entry(key: .unsigned(8), value: .null)
        let others = [
            claims(base: .text("5")), claims(base: .unsigned(8)), claims(iat: 9), claims(more: [more]),
            claims(bodyMore: [.init(key: .text("more"), value: .null)]), .array([]), .map(CBORMap()),
        ]
        for item in others { #expect(refusal(item) == .statusUnknown, "\(item)") }
    }

    @Test("is refused above 64 KiB, whatever it holds")
    func tooLong() throws {
        let key = try SigningKey.generate(.ed25519)
        var count: UInt32 = 13_000
        while true {
            let bits = (0..<count).map { $0 + (1 << 20) }
            let token = HotListToken(subject: "hot", base: 5, issuedAt: 7, expiresAt: 9, revoked: ["A": bits])
            let bytes = try token.signed(by: key)
            guard bytes.count > HotListToken.byteCountMax else {
                #expect(try HotListToken(bytes[...]) { _ in true } == token)
                count += 40
                continue
            }
            #expect(throws: BundleError.self) { try HotListToken(bytes[...]) { _ in true } }
            break
        }
        #expect(count > 13_000)
    }
}
