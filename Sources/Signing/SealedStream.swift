/// A long content sealed to one receiving key, in chunks that can be neither cut, swapped, repeated nor left out.
///
/// A header has a constant, the byte count of the sealed file key (2 bytes) and that key. Each chunk of 65,536 bytes is
/// sealed with AES-256-CCM under a key that is derived from the file key and the header; its nonce is its number and
/// whether it is the last one, as in STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
package enum SealedStream {
    package static let chunkByteCount = 65_536
    static let tagByteCount = 16
    static let sealedChunkByteCount = chunkByteCount + tagByteCount
    static let magic = Array("suishen sealed stream v1\n".utf8)
    static let fileKeyByteCount = 32
    /// The most bytes of a header; a sealed key of SM2 has fewer than 256.
    package static let headerByteCountMax = magic.count + 2 + 1024

    static func chunkKey(_ fileKey: [UInt8], header: [UInt8]) throws(SigningError) -> [UInt8] {
        try HKDF.derive(
            .sha256, key: fileKey, salt: DigestAlgorithm.sha256.digest(header),
            info: Array("suishen sealed stream chunks v1".utf8), byteCount: 32)
    }

    /// The chunk's number in 11 bytes, then 1 for the last chunk and 0 for every other.
    static func nonce(_ number: UInt64, isLast: Bool) -> [UInt8] {
        [0, 0, 0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) } + [isLast ? 1 : 0]
    }
}

/// Seals a content piece by piece, with one chunk in memory.
package final class SealedStreamWriter {
    private var key: [UInt8]
    private var number: UInt64 = 0
    private var pending: [UInt8] = []
    /// The bytes to write before the first chunk.
    package let header: [UInt8]

    /// Begins a stream.
    ///
    /// - Parameters:
    ///   - recipient: the key that opens it.
    ///   - random: the source of the file key.
    /// - Throws: an error of the cipher.
    package init(to recipient: ReceivingPublicKey, random: some RandomSource) throws(SigningError) {
        var fileKey = try random.bytes(SealedStream.fileKeyByteCount)
        defer { SecretFile.wipe(&fileKey) }
        let sealed = try recipient.seal(fileKey)
        header = SealedStream.magic + [UInt8(sealed.count >> 8), UInt8(sealed.count & 0xFF)] + sealed
        key = try SealedStream.chunkKey(fileKey, header: header)
    }

    deinit { SecretFile.wipe(&key) }

    /// Takes the next bytes, and gives every chunk that is certainly not the last to `write`.
    package func append<Failure: Error>(
        _ bytes: some Sequence<UInt8>, write: ([UInt8]) throws(Failure) -> Void
    ) throws {
        pending.append(contentsOf: bytes)
        var start = 0
        // The last chunk is known only at the end, so one full chunk may wait.
        while pending.count - start > SealedStream.chunkByteCount {
            let end = start + SealedStream.chunkByteCount
            try write(sealed(Array(pending[start..<end]), isLast: false))
            start = end
        }
        if start > 0 { pending.removeFirst(start) }
    }

    /// Seals the rest as the last chunk.
    package func finish() throws(SigningError) -> [UInt8] { try sealed(pending, isLast: true) }

    private func sealed(_ chunk: [UInt8], isLast: Bool) throws(SigningError) -> [UInt8] {
        defer { number += 1 }
        return try AuthenticatedCipher.seal(
            chunk, key: key, nonce: SealedStream.nonce(number, isLast: isLast), additionalData: [],
            tagByteCount: SealedStream.tagByteCount)
    }
}

/// Opens the chunks of a sealed stream, in any order.
package struct SealedStreamReader: Sendable {
    /// The number of bytes before the first chunk.
    package let headerByteCount: Int
    package let chunkCount: UInt64
    /// The number of bytes of the whole content, if its last chunk opens.
    package let contentByteCount: UInt64
    private let key: [UInt8]
    private let fileByteCount: UInt64

    /// Reads a stream's header; nil for no sealed stream, one for another key, or one that cannot be whole.
    ///
    /// - Parameters:
    ///   - start: the first bytes of the file, at least a whole header.
    ///   - fileByteCount: the number of bytes of the whole file.
    ///   - recipient: the key that it was sealed to.
    package init?(_ start: [UInt8], fileByteCount: UInt64, openedBy recipient: ReceivingKey) {
        let magicCount = SealedStream.magic.count
        guard start.starts(with: SealedStream.magic), start.count >= magicCount + 2 else { return nil }
        let sealedCount = Int(start[magicCount]) << 8 | Int(start[magicCount + 1])
        let headerCount = magicCount + 2 + sealedCount
        guard headerCount <= SealedStream.headerByteCountMax, start.count >= headerCount else { return nil }
        let header = Array(start[..<headerCount])
        guard var fileKey = recipient.open(Array(header.suffix(sealedCount))),
            fileKey.count == SealedStream.fileKeyByteCount
        else { return nil }
        defer { SecretFile.wipe(&fileKey) }
        guard let key = try? SealedStream.chunkKey(fileKey, header: header),
            fileByteCount >= UInt64(headerCount + SealedStream.tagByteCount)
        else { return nil }
        let sealedByteCount = fileByteCount - UInt64(headerCount)
        let whole = UInt64(SealedStream.sealedChunkByteCount)
        chunkCount = (sealedByteCount + whole - 1) / whole
        let last = sealedByteCount - (chunkCount - 1) * whole
        guard last >= UInt64(SealedStream.tagByteCount) else { return nil }
        contentByteCount =
            (chunkCount - 1) * UInt64(SealedStream.chunkByteCount) + last - UInt64(SealedStream.tagByteCount)
        (self.key, self.fileByteCount, headerByteCount) = (key, fileByteCount, headerCount)
    }

    /// The place of a chunk in the file.
    package func range(of number: UInt64) -> Range<UInt64> {
        let start = UInt64(headerByteCount) + number * UInt64(SealedStream.sealedChunkByteCount)
        return start..<min(fileByteCount, start + UInt64(SealedStream.sealedChunkByteCount))
    }

    /// Opens a chunk; nil when it is not the chunk of this number, whole and unchanged.
    package func opened(_ sealed: [UInt8], number: UInt64) -> [UInt8]? {
        guard number < chunkCount, sealed.count >= SealedStream.tagByteCount else { return nil }
        return
            (try? AuthenticatedCipher.open(
                sealed, key: key, nonce: SealedStream.nonce(number, isLast: number == chunkCount - 1),
                additionalData: [], tagByteCount: SealedStream.tagByteCount)) ?? nil
    }
}
