/// One SHA-256 value of a Merkle tree: 32 bytes held in place, without an allocation.
package struct MerkleHash: Sendable, Hashable, BitwiseCopyable {
    package static let byteCount = 32

    /// The root of a tree without leaves: SHA-256 of the empty string (RFC 6962 §2.1).
    package static let emptyRoot = MerkleHash(digest: [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ])

    // In the order and byte order of memory, so that loading and storing are plain copies.
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// Thirty-two zero bytes; a start for buffers.
    package init() {}

    /// Takes exactly 32 bytes; nil for any other count.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(digest: Array(bytes))
    }

    /// Takes 32 bytes of `span` from `offset`; the caller has checked that they are there.
    @inline(__always)
    package init(_ span: Span<UInt8>, at offset: Int) {
        let raw = unsafe span.bytes
        unsafe first = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        unsafe second = raw.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        unsafe third = raw.unsafeLoadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
        unsafe fourth = raw.unsafeLoadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
    }

    /// Takes the result of SHA-256, which always has 32 bytes.
    init(digest: [UInt8]) {
        self.init(digest.span, at: 0)
    }

    package var bytes: [UInt8] {
        unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
    }

    /// Appends the 32 bytes.
    package func append(to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// The 32 bytes, for the call.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe Swift.withUnsafeBytes(of: self) { unsafe body($0) }
    }
}

extension MerkleHash: Comparable {
    /// The order of the bytes.
    package static func < (left: MerkleHash, right: MerkleHash) -> Bool {
        if left.first != right.first { return left.first.bigEndian < right.first.bigEndian }
        if left.second != right.second { return left.second.bigEndian < right.second.bigEndian }
        if left.third != right.third { return left.third.bigEndian < right.third.bigEndian }
        return left.fourth.bigEndian < right.fourth.bigEndian
    }
}
