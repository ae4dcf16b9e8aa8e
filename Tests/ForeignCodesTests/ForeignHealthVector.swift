import Encoding
import Glibc
import TestSupport

@testable import ForeignCodes

/// One case of the member states' shared test data.
struct ForeignHealthVector {
    let name: String
    let text: String
    let certificate: [UInt8]
    let clock: UInt64
    /// What the case says must come of each stage.
    let expected: [(key: String, result: Bool)]

    /// The names the cases use, one of them misspelt by its authors, and the stage each names.
    ///
    /// `EXPECTEDPICTUREDECODE` is tried with the commands; `EXPECTEDENCODE` asks for an encoder, which a gate has not.
    static let stages: [String: ForeignStage] = [
        "EXPECTEDUNPREFIX": .unprefix, "EXPECTEDB45DECODE": .base45, "EXPECTEDCOMPRESSION": .zlib,
        "EXPECTEDDECODE": .cbor, "EXPECTEDVALIDOBJECT": .cbor, "EXPECTEDVALIDJSON": .cbor,
        "EXPECTEDVERIFY": .signature, "EXPECTEDEXPIRATIONCHECK": .expiration, "EXPTECTEDEXPIRED": .expiration,
        "EXPECTEDKEYUSAGE": .keyusage, "EXPECTEDSCHEMAVALIDATION": .schema,
    ]

    init(_ path: String, name: String) throws {
        let value = try JSONValue.parse(try ProjectFiles.bytes(path), byteCountMax: 1 << 20)
        self.name = name
        text = try Self.require(value["PREFIX"]?.string)
        certificate = try Base64.decode(try Self.require(value["TESTCTX"]?["CERTIFICATE"]?.string))
        clock = try Self.seconds(try Self.require(value["TESTCTX"]?["VALIDATIONCLOCK"]?.string))
        expected = try Self.require(value["EXPECTEDRESULTS"]?.object).members.compactMap { member in
            member.value.bool.map { (member.key, $0) }
        }
    }

    static func all() throws -> [ForeignHealthVector] {
        let top = ProjectFiles.shared + "/vectors/dgc"
        return try entries(of: top).sorted().flatMap { country in
            let folder = "\(top)/\(country)/2DCode/raw"
            return try entries(of: folder).sorted().filter { $0.hasSuffix(".json") }.map {
                try ForeignHealthVector("\(folder)/\($0)", name: "\(country)/\($0)")
            }
        }
    }

    private static func entries(of folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw UnreadableVector(what: "a member of a health vector") }
        return value
    }

    /// Seconds since 1970 of `2021-05-21T12:33:43.120+02:00`, fraction cut.
    static func seconds(_ text: String) throws -> UInt64 {
        let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int(String($0)) }
        guard numbers.count == 6 else { throw UnreadableVector(what: "a time in \(text)") }
        var parts = unsafe tm()
        unsafe parts.tm_year = Int32(numbers[0] - 1900)
        unsafe parts.tm_mon = Int32(numbers[1] - 1)
        unsafe parts.tm_mday = Int32(numbers[2])
        unsafe parts.tm_hour = Int32(numbers[3])
        unsafe parts.tm_min = Int32(numbers[4])
        unsafe parts.tm_sec = Int32(numbers[5])
        let local = unsafe timegm(&parts)
        let rest = text.dropFirst(19)
        guard let mark = rest.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return UInt64(local) }
        let digits = rest[mark...].filter(\.isNumber).compactMap(\.wholeNumberValue)
        guard digits.count == 4 else { throw UnreadableVector(what: "an offset in \(text)") }
        let offset = (digits[0] * 10 + digits[1]) * 3600 + (digits[2] * 10 + digits[3]) * 60
        return UInt64(rest[mark] == "+" ? local - offset : local + offset)
    }
}

/// A vector that lacks what every one of them has.
struct UnreadableVector: Error {
    let what: String
}
