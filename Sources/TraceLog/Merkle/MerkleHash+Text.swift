import Encoding

extension MerkleHash {
    /// The hash in lower-case hex.
    var hexText: String { Hex.encode(bytes) }
}
