import Compression
import Encoding

extension ForeignEnvelope {
    /// Takes a text apart down to its claims and notes every stage on the way.
    ///
    /// - Returns: nil when a stage failed.
    static func open(
        _ text: String, log: inout ForeignStageLog
    ) -> (envelope: ForeignEnvelope, claims: ForeignClaims)? {
        var bytes = Array(text.utf8.prefix(textByteCountMax + 1))[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        let hasPrefix = log.profile == .hcert
        guard bytes.count <= textByteCountMax else {
            log.fail(hasPrefix ? .unprefix : .base45, "malformed")
            return nil
        }
        if hasPrefix {
            guard bytes.starts(with: Array("HC1:".utf8)) else {
                log.fail(.unprefix, "malformed")
                return nil
            }
            log.pass(.unprefix)
            bytes = bytes.dropFirst(4)
        }
        guard !bytes.isEmpty, let packed = try? Base45.decode(utf8: bytes) else {
            log.fail(.base45, "malformed")
            return nil
        }
        log.pass(.base45)
        guard let unpacked = try? Inflate.all(packed, byteCountMax: inflatedByteCountMax) else {
            log.fail(.zlib, "malformed")
            return nil
        }
        log.pass(.zlib)
        guard let envelope = ForeignEnvelope(unpacked) else {
            log.fail(.cose, "malformed")
            return nil
        }
        log.pass(.cose)
        guard let claims = ForeignClaims(envelope.payload) else {
            log.fail(.cbor, "malformed")
            return nil
        }
        log.pass(.cbor)
        return (envelope, claims)
    }
}
