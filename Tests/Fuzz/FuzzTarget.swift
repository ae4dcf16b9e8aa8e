import Credential
import Encoding

@testable import Verification

/// The parsers that take bytes from strangers, each as a function of arbitrary bytes that must simply return.
///
/// What must also hold for accepted input is checked by a precondition, so that breaking it is a crash to libFuzzer.
enum FuzzTarget: String, CaseIterable {
    case cbor, cose, base45, bundle, transit, hcert

    func run(_ bytes: [UInt8]) {
        switch self {
        case .cbor: Self.runCBOR(bytes)
        case .cose: Self.runCOSE(bytes)
        case .base45: Self.runBase45(bytes)
        case .bundle: _ = try? GateBundle(payload: bytes[...])
        case .transit: Self.runTransit(bytes)
        case .hcert: Self.runHealthCertificate(bytes)
        }
    }

    /// What is accepted as deterministic encodes to the same bytes again.
    private static func runCBOR(_ bytes: [UInt8]) {
        if let item = try? CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8) {
            precondition(item.encoded() == bytes)
        }
        _ = try? CBORItem.decode(bytes[...], rules: .lenient, byteCountMax: 1 << 16, depthMax: 16)
    }

    private static func runCOSE(_ bytes: [UInt8]) {
        for form in [Form.person, .enterprise, .object] {
            _ = try? UnverifiedCredential(bytes: bytes, form: form)
        }
        _ = ForeignEnvelope(bytes)?.signedMessages
    }

    /// What decodes encodes to the same text.
    private static func runBase45(_ bytes: [UInt8]) {
        if let decoded = try? Base45.decode(utf8: bytes[...]) {
            precondition(Array(Base45.encode(decoded).utf8) == bytes)
        }
    }

    private static func runTransit(_ bytes: [UInt8]) {
        for place in TransitLayout.CustomDataPlace.allCases {
            let layout = TransitLayout(customDataPlace: place)
            let verifier = TransitVerifier(
                network: TransitNetwork(layout: layout, authorities: [:]), skewSeconds: 30)
            precondition((try? verifier.verified(bytes, at: 1_750_000_000)) == nil)
            _ = TransitCode(bytes, layout: layout)
        }
    }

    /// The bytes as a text, and packed as the inside of one: nothing is ever accepted with no key trusted.
    private static func runHealthCertificate(_ bytes: [UInt8]) {
        let trust = ForeignTrust(keys: [])
        var texts = [String(decoding: bytes, as: UTF8.self)]
        if let packed = try? Deflate.all(bytes, level: 1) { texts.append("HC1:" + Base45.encode(packed)) }
        for text in texts {
            let verdict = ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: 1_750_000_000)
            precondition(!verdict.isAccepted)
        }
        if let claims = ForeignClaims(bytes), let payload = claims.map[integer: -260]?.map?[integer: 1]?.map {
            _ = HealthCertificateSchema.failure(in: payload)
        }
        _ = try? ForeignTrust(bytes)
    }
}
