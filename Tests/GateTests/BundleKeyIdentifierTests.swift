import Signing
import Testing

@testable import Gate

@Suite("A bundle's key identifiers")
struct BundleKeyIdentifierTests {
    @Test("are 4 bytes, as a mapped status list names its signer", arguments: [0, 3, 4, 5, 65_536])
    func length(byteCount: Int) throws {
        let root = try SigningKey.generate(.ed25519)
        let key = try SigningKey.generate(.ed25519).verificationKey
        let record = IssuerRecord(
            issuer: "SH", keyIdentifier: [UInt8](repeating: 1, count: byteCount), algorithm: key.algorithm,
            publicKey: key.spki, uses: [.statuslist], notBefore: 0, expiresAt: 2, status: .active)
        let bundle = GateBundle(
            version: 1, issuedAt: 0, expiresAt: 1, issuers: [record], statusLists: [], hosts: [])
        let read = try? GateBundle(bundle.signed(by: root)[...], root: root.verificationKey)
        #expect((read?.issuers == [record]) == (byteCount == 4))
    }
}
