import Credential
import Signing

/// Another issuer's text, unpacked into its signed message and the claims in it; nothing is verified yet.
struct ForeignToken {
    /// The most characters of a text: the capacity of the largest QR symbol (version 40, level L, alphanumeric).
    static let textByteCountMax = 4296
    /// The most bytes that a code may unpack to; real codes stay under 5 KiB.
    static let inflatedByteCountMax = 32 << 10
    /// The most keys tried for a code whose identifier matches no key: each costs a signature check.
    static let fallbackKeyCountMax = 64

    /// Nil in profiles without a prefix.
    let prefix: TextWithoutPrefix?
    private let packed: PackedText
    private let unpacked: UnpackedText
    private let envelope: ForeignEnvelope
    private let content: ReadableClaims

    var message: SignedMessage { envelope.message }
    var claims: ForeignClaims { content.claims }

    /// Unpacks a text down to its claims and logs every stage.
    ///
    /// - Returns: nil when a stage failed.
    init?(_ text: String, log: inout ForeignStageLog) {
        var bytes = Array(text.utf8.prefix(Self.textByteCountMax + 1))[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        if log.profile == .hcert {
            guard let inner = log.check({ () throws(ForeignFailure) in try TextWithoutPrefix(bytes) }) else {
                return nil
            }
            bytes = inner.bytes
            prefix = inner
        } else {
            prefix = nil
        }
        guard let packed = log.check({ () throws(ForeignFailure) in try PackedText(bytes) }),
            let unpacked = log.check({ () throws(ForeignFailure) in try UnpackedText(packed) }),
            let envelope = log.check({ () throws(ForeignFailure) in try ForeignEnvelope(unpacked) }),
            let content = log.check({ () throws(ForeignFailure) in try ReadableClaims(envelope) })
        else { return nil }
        if envelope.message.isAlgorithmUnprotected { log.warn("unprotected_algorithm") }
        self.packed = packed
        self.unpacked = unpacked
        self.envelope = envelope
        self.content = content
    }
}

extension ForeignToken {
    /// The key identifier in the code; nil if the code names no key.
    var keyIdentifier: [UInt8]? { message.keyIdentifier.isEmpty ? nil : message.keyIdentifier }
}
