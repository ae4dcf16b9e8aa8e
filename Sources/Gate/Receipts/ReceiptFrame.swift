import Encoding
import Signing
import TraceLog

/// The receipts and counts of one durable write to a day's file.
///
/// On the disk: the payload's length in 8 bytes, the payload, the first 16 bytes of its SHA-256, and the length again;
/// lengths with the least significant byte first. The second length lets a start check the last frame alone.
struct ReceiptFrame: Sendable, Equatable {
    static let receiptCountMax = 256
    /// The most bytes of a payload, with ``receiptCountMax`` of the longest receipts.
    static let payloadByteCountMax = receiptCountMax * (SealedReceipt.sealedByteCountMax + 48) + 64
    static let lengthByteCount = 8
    static let checksumByteCount = 16
    /// The bytes of a frame besides its payload.
    static let overheadByteCount = 2 * lengthByteCount + checksumByteCount

    var paperCount: UInt64 = 0
    var timedCount: UInt64 = 0
    var receipts: [SealedReceipt] = []

    init() {}

    /// Cuts entries into frames, in order.
    static func frames(of entries: [ReceiptEntry]) -> [ReceiptFrame] {
        var frames: [ReceiptFrame] = []
        var frame = ReceiptFrame()
        for entry in entries {
            switch entry {
            case .shown(let receipt): frame.receipts.append(receipt)
            case .timed: frame.timedCount += 1
            case .paper: frame.paperCount += 1
            }
            guard frame.receipts.count == receiptCountMax else { continue }
            frames.append(frame)
            frame = ReceiptFrame()
        }
        if frame != ReceiptFrame() { frames.append(frame) }
        return frames
    }

    /// Reads a payload; nil for any other bytes.
    init?(payload: [UInt8]) {
        guard var reader = try? CBORReader(payload, byteCountMax: Self.payloadByteCountMax),
            (try? reader.readArrayHeader()) == 3, let paperCount = try? reader.readUnsigned(),
            let timedCount = try? reader.readUnsigned(), let count = try? reader.readArrayHeader(),
            count <= Self.receiptCountMax, paperCount <= UInt32.max, timedCount <= UInt32.max
        else { return nil }
        (self.paperCount, self.timedCount) = (paperCount, timedCount)
        for _ in 0..<count {
            guard (try? reader.readArrayHeader()) == 2, let hash = try? reader.readByteString(),
                let leaf = MerkleHash(hash), let sealed = try? reader.readByteString(),
                sealed.count <= SealedReceipt.sealedByteCountMax
            else { return nil }
            receipts.append(SealedReceipt(leaf: leaf, sealed: Array(sealed)))
        }
        guard (try? reader.finish()) != nil else { return nil }
    }

    func payload() -> [UInt8] {
        var writer = CBORWriter(capacity: receipts.reduce(64) { $0 + $1.sealed.count + 48 })
        writer.array(count: 3)
        writer.unsigned(paperCount)
        writer.unsigned(timedCount)
        writer.array(count: receipts.count)
        for receipt in receipts {
            writer.array(count: 2)
            writer.byteString(receipt.leaf.bytes)
            writer.byteString(receipt.sealed)
        }
        return writer.bytes
    }

    /// The frame as it stands in the file.
    func encoded() -> [UInt8] {
        let payload = payload()
        let length = LittleEndian.bytes(UInt64(payload.count))
        return length + payload + Self.checksum(payload) + length
    }

    /// The payload's bytes in what follows a first length; nil unless checksum and second length fit.
    static func payload(in rest: [UInt8], byteCount: Int) -> [UInt8]? {
        guard rest.count == byteCount + checksumByteCount + lengthByteCount else { return nil }
        let payload = Array(rest.prefix(byteCount))
        guard rest[byteCount..<byteCount + checksumByteCount].elementsEqual(checksum(payload)),
            LittleEndian.number(rest[(byteCount + checksumByteCount)...]) == UInt64(byteCount)
        else { return nil }
        return payload
    }

    private static func checksum(_ payload: [UInt8]) -> ArraySlice<UInt8> {
        DigestAlgorithm.sha256.digest(payload).prefix(checksumByteCount)
    }
}
