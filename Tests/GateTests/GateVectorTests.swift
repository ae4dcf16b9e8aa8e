import Credential
import Encoding
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("The vectors of bundles and status lists")
struct GateVectorTests {
    private static func vectors(_ file: String) throws -> [JSONValue] {
        let bytes = try ProjectFiles.bytes("\(ProjectFiles.fixtures)/wire/\(file)")
        return try #require(try JSONValue.parse(bytes, byteCountMax: 1 << 20).array)
    }

    private static func key(_ vector: JSONValue) throws -> VerificationKey {
        let name = try #require(vector["key"]?.string)
        return try SigningKey(pem: ProjectFiles.bytes("\(ProjectFiles.fixtures)/wire/test-keys/\(name)"))
            .verificationKey
    }

    @Test("open as they say, and no byte of a good bundle can be another")
    func bundles() throws {
        let vectors = try Self.vectors("bundles.json")
        #expect(vectors.count == 9)
        for vector in vectors {
            let key = try Self.key(vector)
            var bytes = try Hex.decode(try #require(vector["bundle"]?.string))
            guard vector["expect"]?.string == "ok" else {
                let refusal = #expect(throws: BundleError.self) { try GateBundle(bytes[...], root: key) }
                #expect(refusal?.code.rawValue == vector["expect"]?.string)
                continue
            }
            #expect(try GateBundle(bytes[...], root: key).version == vector["version"]?.integer.map(UInt64.init))
            for index in bytes.indices {
                bytes[index] ^= 1
                #expect(throws: BundleError.self) { try GateBundle(bytes[...], root: key) }
                bytes[index] ^= 1
            }
        }
        print("bundles: \(vectors.count) vectors")
    }

    @Test("hold the revoked indices that they name, and no others")
    func statusLists() throws {
        let vectors = try Self.vectors("status-lists.json")
        #expect(vectors.count == 9)
        for vector in vectors {
            let key = try Self.key(vector)
            let bytes = try Hex.decode(try #require(vector["token"]?.string))
            guard vector["expect"]?.string == "ok" else {
                let refusal = #expect(throws: BundleError.self) {
                    try StatusListToken(bytes[...]) { $0.isSigned(by: key) }
                }
                #expect(refusal?.code.rawValue == vector["expect"]?.string)
                continue
            }
            let list = try StatusListToken(bytes[...]) { $0.isSigned(by: key) }.list
            #expect(list.count == vector["count"]?.integer.map(Int.init))
            #expect(
                (0..<list.count).filter { list[$0] }
                    == vector["revoked"]?.array?.compactMap { $0.integer.map(Int.init) })
        }
        print("status lists: \(vectors.count) vectors")
    }
}
