import Credential
import Encoding
import Signing
import Testing

@Suite("A changed code")
struct TamperingTests {
    /// A signed and a chain person code and an object code, of the Ed25519 and ES256 suites.
    private static let names = [
        "a signed code that answers a challenge, ed25519", "a chain code in its second slot, es256",
        "an object code with a location, ed25519",
    ]
    private static let verdictCodes: Set<CredentialError.Code> = [
        .malformed, .unsupportedVersion, .algorithmMismatch, .badSignature, .expired, .notYetValid,
        .presentationMissing, .badPresentation, .stale, .fromFuture, .challengeMismatch,
    ]

    private static func vector(_ name: String) throws -> WireVector {
        try #require(WireVector.all("accepted.json").first { $0.name == name })
    }

    private func outcome(_ vector: WireVector, _ bytes: [UInt8], form: Form) -> CredentialError.Code? {
        do {
            _ = try vector.check(UnverifiedCredential(bytes: bytes, form: form))
            return nil
        } catch {
            return error.code
        }
    }

    @Test("is refused at every byte", arguments: names)
    func everyByte(name: String) throws {
        let vector = try Self.vector(name)
        let text = try CredentialText(parsing: vector.text)
        for index in text.bytes.indices {
            for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                var changed = text.bytes
                changed[index] ^= mask
                let code = outcome(vector, changed, form: text.form)
                #expect(code.map(Self.verdictCodes.contains) == true, "byte \(index) xor \(mask)")
            }
        }
    }

    @Test("is refused with every value at heads, in headers and in claims", arguments: names)
    func everyValue(name: String) throws {
        let vector = try Self.vector(name)
        let text = try CredentialText(parsing: vector.text)
        for index in Array(text.bytes.indices.prefix(12)) + [text.bytes.count - 66, text.bytes.count - 1] {
            for value in UInt8.min...UInt8.max where value != text.bytes[index] {
                var changed = text.bytes
                changed[index] = value
                #expect(outcome(vector, changed, form: text.form) != nil, "byte \(index) is \(value)")
            }
        }
    }

    @Test("is refused at every shorter and longer length", arguments: names)
    func lengths(name: String) throws {
        let vector = try Self.vector(name)
        let text = try CredentialText(parsing: vector.text)
        for count in text.bytes.indices {
            #expect(outcome(vector, Array(text.bytes[..<count]), form: text.form) == .malformed)
        }
        for byte in UInt8.min...UInt8.max {
            #expect(outcome(vector, text.bytes + [byte], form: text.form) == .malformed)
        }
        for count in vector.text.indices {
            #expect(throws: CredentialError.self) { try vector.check(String(vector.text[..<count])) }
        }
    }
}
