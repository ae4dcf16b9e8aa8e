import Credential
import Gate
import Glibc

/// One published shard of a status list.
struct PublishedList: Sendable {
    /// The list's plain name.
    let list: String
    let shard: UInt64
    let issuedAt: UInt64
    /// The revoked indices in this shard, counted from the list's start.
    let revoked: [UInt64]

    /// Reads a token under the list's published name.
    ///
    /// - Returns: nil when the name is not a list's name, or a bit's index is out of range.
    init?(name: String, token: StatusListToken) {
        guard let (list, shard) = Self.parts(of: name) else { return nil }
        let base = shard * StatusListReference.shardBitCount
        var revoked: [UInt64] = []
        for block in Self.blocksWithBits(token.list.bytes) {
            for place in block where token.list.bytes[place] != 0 {
                let byte = token.list.bytes[place]
                for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { revoked.append(base + UInt64(place * 8 + bit)) }
            }
        }
        guard revoked.last ?? 0 <= Claims.statusIndexMax else { return nil }
        self.list = list
        self.shard = shard
        issuedAt = token.issuedAt
        self.revoked = revoked
    }

    /// The parts of a list that have a bit at all; a list of millions of codes has few of them.
    private static func blocksWithBits(_ bytes: [UInt8]) -> [Range<Int>] {
        let zeros = [UInt8](repeating: 0, count: 1024)
        return stride(from: 0, to: bytes.count, by: zeros.count).compactMap { start in
            let block = start..<min(bytes.count, start + zeros.count)
            let isEmpty = unsafe bytes.withUnsafeBytes { all in
                guard let place = all.baseAddress else { return true }
                return unsafe memcmp(place + block.lowerBound, zeros, block.count) == 0
            }
            return isEmpty ? nil : block
        }
    }

    /// Takes the revocations that a hot list has of one list.
    ///
    /// Its time is not the full list's, so none is taken.
    ///
    /// - Returns: nil when the name is not a list's name, or an index is out of range.
    init?(hot: HotListToken.RevokedBits) {
        guard let (list, shard) = Self.parts(of: hot.list) else { return nil }
        let base = shard * StatusListReference.shardBitCount
        revoked = hot.bits.map { base + UInt64($0) }
        guard revoked.last ?? 0 <= Claims.statusIndexMax else { return nil }
        self.list = list
        self.shard = shard
        issuedAt = 0
    }

    /// The plain name of a shard's list, and the shard's number; nil for any other name.
    static func parts(of name: String) -> (list: String, shard: UInt64)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), !name.contains("/") else { return nil }
        let list = parts[..<3].joined(separator: "-")
        guard parts.count == 4 else { return (list, 0) }
        guard let shard = UInt64(parts[3]), shard <= Claims.statusIndexMax / StatusListReference.shardBitCount else {
            return nil
        }
        return (list, shard)
    }
}
