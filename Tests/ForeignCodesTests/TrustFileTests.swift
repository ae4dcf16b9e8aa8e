import Encoding
import Signing
import TestSupport
import Testing

@testable import ForeignCodes

@Suite("A trust file")
struct TrustFileTests {
    private let keys: [VerificationKey]
    private let blocks: [String]

    init() throws {
        keys = try (0..<3).map { _ in try SigningKey.generate(.es256).verificationKey }
        blocks = keys.map { String(decoding: $0.pem(), as: UTF8.self) }
    }

    private func spki(_ file: String) throws -> [[UInt8]] {
        try ForeignTrust(Array(file.utf8)).keys.map(\.key.spki)
    }

    @Test("has every key of a PEM file, with any text about the blocks and any line ends")
    func manyBlocks() throws {
        let plain = blocks.joined()
        let told =
            "subject=/C=XX\n\(blocks[0])\n\nsubject=/C=YY\nMIIB\n\(blocks[1])# {\"keys\": []}\n\(blocks[2])the end"
        for file in [plain, told] {
            for lineEnd in ["\n", "\r\n", "\r"] {
                for mark in ["", "\u{FEFF}"] {
                    let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
                    for variant in [
                        lines.joined(separator: lineEnd), lines.map { $0 + " \t" }.joined(separator: lineEnd),
                        lines.map { "  " + $0 }.joined(separator: lineEnd), lines.joined(separator: lineEnd + lineEnd),
                    ] {
                        #expect(try spki(mark + variant) == keys.map(\.spki), "\(lineEnd.debugDescription) \(variant)")
                    }
                }
            }
        }
    }

    @Test("may begin with a byte order mark in every text format")
    func byteOrderMark() throws {
        let der = Base64.encode(keys[0].spki)
        let raw = Hex.encode(keys[0].raw)
        let point = Array(keys[0].spki.suffix(64))
        let jwk =
            #"{"kty":"EC","crv":"P-256","x":"\#(base64URL(point.prefix(32)))","y":"\#(base64URL(point.suffix(32)))"}"#
        for file in [der, raw, jwk, "[\(jwk)]", "{\"keys\":[\(jwk)]}", "\r\n {\"keys\":[\(jwk)]} \r\n"] {
            for mark in ["", "\u{FEFF}"] { #expect(try spki(mark + file) == [keys[0].spki], "\(file)") }
            #expect(throws: ForeignTrustError.self) { try spki("\u{FEFF}\u{FEFF}" + file) }
        }
    }

    @Test("is refused where a PEM block is broken, so that no key is lost without a word")
    func broken() throws {
        let lines = blocks[0].split(separator: "\n").map(String.init)
        let (begin, body, end) = (
            lines[0], lines[1..<(lines.count - 1)].joined(separator: "\n"), lines[lines.count - 1]
        )
        for file in [
            "\(begin)\n\(body)\n", "\(begin)\n\(body)\n\(blocks[1])", "\(body)\n\(end)\n\(blocks[1])",
            "\(begin)\n\(body)\n-----END CERTIFICATE-----\n", "\(begin)\n\(body)!\n\(end)\n",
            "\(begin)\n\(end)\n", "\(blocks[1])\(begin)\n", "", " ", "\u{FEFF}", "[]", "{\"keys\":[]}",
            "text \(begin) \(body) \(end)",
        ] {
            let error = #expect(throws: ForeignTrustError.self, "\(file)") { try spki(file) }
            #expect(error?.code == .unreadable)
        }
    }

    private func base64URL(_ bytes: ArraySlice<UInt8>) -> String {
        Base64.encode(Array(bytes)).filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
    }
}
