import Compression
import Encoding
import Signing

@testable import ForeignCodes
@testable import Gate

/// A health certificate of our own making, in the forms that issuers differ in.
struct HealthCode {
    static let clock: UInt64 = 1_650_000_000

    var protected: [(Int64, CBORItem)] = []
    var unprotected: [(Int64, CBORItem)] = []
    var emptyHeader: [UInt8] = [0xA0]
    var expiresAt: CBORItem = .unsigned(clock + 1000)
    var issuedAt: CBORItem = .unsigned(clock - 1000)
    var version = "1.3.0"
    var tags: [UInt64] = [18]
    var payloadTags: [UInt64] = []
    var extra: [(String, CBORItem)] = []
    /// The group of entries; nil for one vaccination.
    var entries: (kind: String, items: [CBORItem])?

    static func map(_ entries: [(Int64, CBORItem)]) -> CBORItem {
        .map(CBORMap(entries.map { CBORMap.Entry(key: .integer($0.0), value: $0.1) }))
    }

    private var certificate: CBORItem {
        let vaccination: [(String, CBORItem)] = [
            ("tg", .text("840539006")), ("vp", .text("1119349007")), ("mp", .text("EU/1/20/1528")),
            ("ma", .text("ORG-100030215")), ("dn", .unsigned(2)), ("sd", .unsigned(2)), ("dt", .text("2021-06-11")),
            ("co", .text("XX")), ("is", .text("Example")), ("ci", .text("URN:UVCI:01:XX:1")),
        ]
        return .record(
            [
                ("ver", .text(version)), ("dob", .text("1990-01-01")),
                ("nam", .record([("fnt", .text("EXAMPLE")), ("gnt", .text("ANN"))])),
                (entries?.kind ?? "v", .array(entries?.items ?? [.record(vaccination)])),
            ] + extra)
    }

    /// The text, signed by a key of ours, or by whatever `sign` does with what is to be signed.
    func text(_ key: SigningKey) throws -> String {
        try text { try key.sign($0) }
    }

    func text(_ sign: ([UInt8]) throws -> [UInt8]) throws -> String {
        var payload = Self.map([
            (1, .text("XX")), (4, expiresAt), (6, issuedAt), (-260, Self.map([(1, certificate)])),
        ])
        for tag in payloadTags { payload = .tagged(tag, payload) }
        let header = protected.isEmpty ? emptyHeader : Self.map(protected).encoded()
        let covered = protected.isEmpty ? [] : header
        let message = CBORItem.array([
            .text("Signature1"), .byteString(covered), .byteString([]), .byteString(payload.encoded()),
        ])
        var code = CBORItem.array([
            .byteString(header), Self.map(unprotected), .byteString(payload.encoded()),
            .byteString(try sign(message.encoded())),
        ])
        for tag in tags { code = .tagged(tag, code) }
        return "HC1:" + Base45.encode(try Deflate.all(code.encoded()))
    }
}
