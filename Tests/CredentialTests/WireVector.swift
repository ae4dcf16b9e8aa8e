import Credential
import Encoding
import Signing
import TestSupport
import Testing

/// One line of fixtures/wire: a text, how it is checked, what must come out.
struct WireVector: CustomTestStringConvertible {
    static let ageSecondsMax: UInt64 = 60
    static let skewSeconds: UInt64 = 5

    let name: String
    let text: String
    let key: VerificationKey
    let at: UInt64
    let challenge: [UInt8]?
    let expect: String

    var testDescription: String { name }

    static func all(_ file: String) throws -> [WireVector] {
        var keys: [String: VerificationKey] = [:]
        return try WireFixture.lines(file).map { line in
            let keyName = try #require(line["key"]?.string)
            let key = try keys[keyName] ?? WireFixture.key(keyName).verificationKey
            keys[keyName] = key
            return WireVector(
                name: try #require(line["name"]?.string), text: try #require(line["text"]?.string), key: key,
                at: UInt64(try #require(line["at"]?.integer)),
                challenge: try line["challenge"]?.string.map { try Hex.decode($0) },
                expect: try #require(line["expect"]?.string))
        }
    }

    /// Checks a text as a gate does, without trust list and status.
    func check(_ text: String) throws(CredentialError) -> VerifiedCredential {
        try check(UnverifiedCredential(text: text))
    }

    func check(_ unverified: UnverifiedCredential) throws(CredentialError) -> VerifiedCredential {
        let credential = try unverified.verified(by: key)
        try credential.checkValidity(at: at, skewSeconds: Self.skewSeconds)
        if let shown = try credential.checkedPresentation() {
            try shown.checkFreshness(at: at, ageSecondsMax: Self.ageSecondsMax, skewSeconds: Self.skewSeconds)
            try shown.checkChallenge(challenge)
        }
        return credential
    }
}

/// Files below fixtures/wire.
enum WireFixture {
    static let folder = ProjectFiles.fixtures + "/wire"

    static func lines(_ file: String) throws -> [JSONValue] {
        let bytes = try ProjectFiles.bytes("\(folder)/\(file)")
        return try #require(JSONValue.parse(bytes, byteCountMax: 4 << 20).array)
    }

    static func key(_ name: String) throws -> SigningKey {
        try SigningKey(pem: ProjectFiles.bytes("\(folder)/test-keys/\(name)"))
    }

    static func key(_ role: String, _ suite: Suite) throws -> SigningKey {
        try key("\(role)-\(suite.rawValue)-TEST-ONLY.pem")
    }
}
