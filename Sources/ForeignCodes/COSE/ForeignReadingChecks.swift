import Compression
import Encoding
import Signing
import Credential

/// The text begins with `HC1:` and fits a QR code.
struct TextWithoutPrefix: Proof {
    static let check = ForeignStage.unprefix
    let bytes: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) throws(ForeignFailure) {
        guard text.count <= ForeignToken.textByteCountMax, text.starts(with: Array("HC1:".utf8)) else {
            throw .malformed
        }
        bytes = text.dropFirst(4)
    }
}

/// The text is Base45 and fits a QR code.
struct PackedText: Proof {
    static let check = ForeignStage.base45
    let bytes: [UInt8]

    init(_ text: ArraySlice<UInt8>) throws(ForeignFailure) {
        guard text.count <= ForeignToken.textByteCountMax, !text.isEmpty, let bytes = try? Base45.decode(utf8: text)
        else { throw .malformed }
        self.bytes = bytes
    }
}

/// The bytes can be unpacked, and the result is within the size limit.
struct UnpackedText: Proof {
    static let check = ForeignStage.zlib
    let bytes: [UInt8]

    init(_ packed: PackedText) throws(ForeignFailure) {
        guard let bytes = try? Inflate.all(packed.bytes, byteCountMax: ForeignToken.inflatedByteCountMax) else {
            throw .malformed
        }
        self.bytes = bytes
    }
}

/// The bytes are a COSE_Sign1 with its payload.
struct ForeignEnvelope: Proof {
    static let check = ForeignStage.cose
    let message: SignedMessage

    init(_ unpacked: UnpackedText) throws(ForeignFailure) {
        do {
            message = try SignedMessage(
                foreign: unpacked.bytes[...], byteCountMax: ForeignToken.inflatedByteCountMax)
        } catch {
            throw ForeignFailure(.malformed, reason: "the text's bytes cannot be read as \(error.reason)")
        }
    }
}

/// The payload is a map of claims.
struct ReadableClaims: Proof {
    static let check = ForeignStage.cbor
    let claims: ForeignClaims

    init(_ envelope: ForeignEnvelope) throws(ForeignFailure) {
        guard let claims = ForeignClaims(envelope.message.payload) else { throw .malformed }
        self.claims = claims
    }
}
