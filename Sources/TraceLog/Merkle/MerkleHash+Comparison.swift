import Glibc

extension [MerkleHash] {
    /// Whether `bytes` are these hashes, one after the other.
    func isSame(as bytes: [UInt8]) -> Bool {
        unsafe withUnsafeBytes { hashes in
            unsafe bytes.withUnsafeBytes { bytes in
                guard let mine = hashes.baseAddress, let theirs = bytes.baseAddress else {
                    return unsafe hashes.isEmpty && bytes.isEmpty
                }
                return unsafe hashes.count == bytes.count && memcmp(mine, theirs, bytes.count) == 0
            }
        }
    }
}
