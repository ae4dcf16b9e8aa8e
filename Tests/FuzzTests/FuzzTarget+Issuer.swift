import Encoding
import ForeignCodes
import HardwareKeys
import Signing
import Storage

@testable import IssuerInterface
@testable import Issuing

/// What an issuer's daemon reads: its settings, and what callers ask.
extension FuzzTarget {
    /// Settings that are read and written out are the same settings when they are read again.
    static func runSettings(_ bytes: [UInt8]) {
        guard let settings = try? Settings(text: String(decoding: bytes, as: UTF8.self)) else { return }
        precondition((try? Settings(text: settings.text)) == settings)
    }

    /// The name of a token or of a key in it, alone and in a key's file; written out, it is read again as the same.
    static func runTokenURI(_ bytes: [UInt8]) {
        _ = try? TokenReference(bytes)
        guard let uri = try? TokenURI(String(decoding: bytes, as: UTF8.self)) else { return }
        precondition((try? TokenURI(uri.text)) == uri)
    }

    /// A JSON body below a byte that says which route it is for, as every order that such bodies are read into.
    static func runRequest(_ bytes: [UInt8]) {
        guard let first = bytes.first, let body = try? JSONValue.parse(Array(bytes.dropFirst()), byteCountMax: 1 << 16)
        else { return }
        let route = Route.table[Int(first) % Route.table.count]
        guard case .operation(let operation) = route.answer,
            let request = try? RequestFields(body, operation: operation)
        else { return }
        for suite in Suite.allCases { _ = try? IssueOrder(request, suite: suite) }
        _ = try? IssuingService.BundleOrder(request)
        _ = try? EventRequest(request, nowMilliseconds: 1_750_000_000_000, random: SystemRandom())
    }

    /// A backup's manifest, an epoch key's file, and the start of a sealed stream.
    static func runBackup(_ bytes: [UInt8]) {
        if let manifest = BackupManifest(json: bytes) {
            precondition(BackupManifest(json: Array(manifest.json.encoded().utf8)) == manifest)
        }
        if let key = FieldEpochKey(encoded: bytes) { precondition(key.encoded == bytes) }
        guard let key = try? ReceivingKey.generate(for: .ed25519) else { return }
        precondition(SealedStreamReader(bytes, fileByteCount: UInt64(bytes.count), openedBy: key) == nil)
        let path = String(decoding: bytes, as: UTF8.self)
        if BackupFileHead.isAllowed(path) { precondition(!"/\(path)/".contains("/../") && !path.hasPrefix("/")) }
    }

    /// A phone's signed token; the parts that its reader takes are signed again, so that what follows is reached too.
    static func runSignedToken(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for type in ["dpop+jwt", "openid4vci-proof+jwt"] { _ = try? SignedToken(text, type: type) }
        if let jwk = try? JSONValue.parse(bytes, byteCountMax: 4096), let key = JSONWebKey.key(jwk) {
            precondition(JSONWebKey.thumbprint(of: key)?.count == 32)
        }
        if let loss = LossCode.bytes(text) { precondition(LossCode.bytes(LossCode.text(loss)) == loss) }
        guard let key = try? SigningKey(seed: [UInt8](repeating: 7, count: 32), algorithm: .ed25519) else { return }
        let x = Base64.encodeURL(key.verificationKey.raw)
        let header = #"{"typ":"dpop+jwt","alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}}"#
        let content = "\(Base64.encodeURL(Array(header.utf8))).\(Base64.encodeURL(bytes))"
        guard let signature = try? key.sign(Array(content.utf8)),
            let nonces = try? ProofNonces(random: SystemRandom())
        else { return }
        let token = "\(content).\(Base64.encodeURL(signature))"
        _ = try? DeviceProof(
            token, for: .init(address: "https://a/vci/token", accessToken: nil), nonces, atMilliseconds: 1 << 40)
        if let read = try? SignedToken(token, type: "dpop+jwt") { precondition(read.payload.object != nil) }
    }
}
