import Credential
import Encoding
import Signing

/// The keys and the chain of one suite; makes messages with right and with wrong signatures.
struct Workshop {
    static let host = "CODE.SH-EXAMPLE.CN"

    let suite: Suite
    let issuer: SigningKey
    let stranger: SigningKey
    let device: SigningKey
    let seed: ChainSeed

    init(suite: Suite) throws {
        self.suite = suite
        issuer = try Self.key("issuer", suite)
        stranger = try Self.key("stranger", suite)
        device = try Self.key("device", suite)
        seed = try ChainSeed(
            slotCount: HashChain.slotCountMax, digest: suite.digest,
            random: FixedRandom(label: "chain \(suite.rawValue)"))
    }

    private static func key(_ role: String, _ suite: Suite) throws -> SigningKey {
        let seed = DigestAlgorithm.sha256.digest(Array("suishen test only \(role) \(suite.rawValue)".utf8))
        return try SigningKey(seed: seed, algorithm: suite.algorithm)
    }

    static func fileName(_ role: String, _ suite: Suite) -> String { "\(role)-\(suite.rawValue)-TEST-ONLY.pem" }

    var signed: Draft { .signed(deviceKey: device.verificationKey.raw) }
    var chain: Draft { .chain(anchor: seed.anchor) }

    /// The text of a message.
    func text(_ bytes: [UInt8], form: Form = .person) throws -> String {
        try CredentialText(bytes: bytes, form: form, host: Self.host).text
    }

    /// A well-formed message over any payload.
    func sign(_ payload: [UInt8], by key: SigningKey? = nil) throws -> [UInt8] {
        try SignedMessage.sign(payload, by: key ?? issuer)
    }

    /// A message with the given headers, with a valid signature over them.
    func sign(_ payload: [UInt8], protected: [UInt8], unprotected: [UInt8] = [0xA0]) throws -> [UInt8] {
        let covered = SignatureStructure.signature1(protectedHeader: protected[...], payload: payload[...])
        return assemble(
            protected: protected, unprotected: unprotected, payload: payload, signature: try issuer.sign(covered))
    }

    func assemble(
        protected: [UInt8], unprotected: [UInt8], payload: [UInt8], signature: [UInt8]
    ) -> [UInt8] {
        var writer = CBORWriter()
        writer.tag(18)
        writer.array(count: 4)
        writer.byteString(protected)
        writer.encoded(unprotected)
        writer.byteString(payload)
        writer.byteString(signature)
        return writer.bytes
    }

    /// The correct protected header, with changes.
    func header(_ change: (inout [CBORMap.Entry]) -> Void = { _ in }) -> [UInt8] {
        var entries = [
            CBORMap.Entry(key: .integer(1), value: .integer(suite.algorithm.rawValue)),
            CBORMap.Entry(key: .integer(4), value: .byteString(issuer.verificationKey.keyIdentifier)),
        ]
        change(&entries)
        return CBORItem.map(CBORMap(entries)).encoded()
    }

    /// The same message with another unprotected header; all other bytes stay.
    func replaceUnprotected(of bytes: [UInt8], with header: [UInt8]) throws -> [UInt8] {
        let message = try SignedMessage(bytes[...])
        return Array(bytes[..<message.unprotectedHeader.startIndex]) + header
            + bytes[message.unprotectedHeader.endIndex...]
    }

    func unprotected(of bytes: [UInt8]) throws -> [UInt8] {
        Array(try SignedMessage(bytes[...]).unprotectedHeader)
    }

    /// The credential shown with the device key.
    func present(_ bytes: [UInt8], at time: UInt64, challenge: [UInt8]? = nil) throws -> [UInt8] {
        try PresentationMaker(text: text(bytes)).signed(by: device, time: time, challenge: challenge).bytes
    }

    /// The credential shown with the chain.
    func link(_ bytes: [UInt8], at time: UInt64) throws -> [UInt8] {
        try PresentationMaker(text: text(bytes)).linked(by: seed, time: time).bytes
    }

    /// The signature with n − s in place of s, which anybody can derive from a P-256 signature.
    static func flipped(_ signature: [UInt8]) throws -> [UInt8] {
        let order = try Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        var result = signature
        var borrow = 0
        for index in stride(from: 31, through: 0, by: -1) {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            result[32 + index] = UInt8(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        return result
    }
}
