import CSHA256

extension MerkleHasher {
    /// Whether this processor hashes several messages at once; elsewhere the library hashes one after the other.
    static let hasLanes = csha256_is_supported()

    /// SHA-256(0x00 ‖ entry) for each entry; the places lie within `bytes`.
    mutating func leaves(of places: EntryPlaces, in bytes: [UInt8]) -> [MerkleHash] {
        guard usesLanes else {
            var hashes: [MerkleHash] = []
            hashes.reserveCapacity(places.count)
            for position in 0..<places.count { hashes.append(leaf(bytes.span.extracting(places[position]))) }
            return hashes
        }
        return unsafe [MerkleHash](unsafeUninitializedCapacity: places.count) { hashes, count in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe places.offsets.withUnsafeBufferPointer { offsets in
                    unsafe places.lengths.withUnsafeBufferPointer { lengths in
                        unsafe csha256_leaves(
                            bytes.baseAddress, offsets.baseAddress, lengths.baseAddress, places.count,
                            UnsafeMutableRawPointer(hashes.baseAddress)?.assumingMemoryBound(to: UInt8.self))
                    }
                }
            }
            count = places.count
        }
    }

    /// The root over a power of two of hashes, at least one, level by level.
    mutating func subtreeRoot(_ hashes: ArraySlice<MerkleHash>) -> MerkleHash {
        var row = Array(hashes)
        var count = row.count
        while count > 1 {
            count /= 2
            if usesLanes {
                unsafe row.withUnsafeMutableBytes { bytes in
                    let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe csha256_nodes(base, count, base)
                }
            } else {
                for index in 0..<count { row[index] = node(row[2 * index], row[2 * index + 1]) }
            }
        }
        return row[0]
    }
}

/// The places of a bundle's entries in its bytes.
struct EntryPlaces: Sendable {
    fileprivate private(set) var offsets: [UInt32] = []
    fileprivate private(set) var lengths: [UInt32] = []

    init(capacity: Int) {
        offsets.reserveCapacity(capacity)
        lengths.reserveCapacity(capacity)
    }

    /// Takes places one by one, at most `capacity`, as long as `next` gives more.
    init(capacity: Int, next: () -> Range<Int>?) {
        offsets.append(addingCapacity: capacity) { offsets in
            lengths.append(addingCapacity: capacity) { lengths in
                while !offsets.isFull, let range = next() {
                    offsets.append(UInt32(range.lowerBound))
                    lengths.append(UInt32(range.count))
                }
            }
        }
    }

    var count: Int { offsets.count }

    subscript(position: Int) -> Range<Int> {
        let start = Int(offsets[position])
        return start..<start + Int(lengths[position])
    }

    mutating func removeAll() {
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
    }

    mutating func append(_ range: Range<Int>) {
        offsets.append(UInt32(range.lowerBound))
        lengths.append(UInt32(range.count))
    }
}
