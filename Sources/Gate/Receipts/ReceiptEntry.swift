package import TraceLog

/// What one accepted person's code leaves in a gate's day.
package enum ReceiptEntry: Sendable, Equatable {
    /// A code that the holder's phone showed: signed or chain.
    case shown(SealedReceipt)
    /// A code with a short life and no phone's signature; only counted.
    case timed
    /// A printed code; only counted.
    case paper
}

/// A leaf of a day's Merkle tree, and its opening sealed to the issuer's settlement key.
package struct SealedReceipt: Sendable, Equatable {
    /// The most bytes of a sealed opening; SM2's DER adds most, about 110 bytes.
    package static let sealedByteCountMax = ReceiptOpening.byteCountMax + 256

    package let leaf: MerkleHash
    package let sealed: [UInt8]

    package init(leaf: MerkleHash, sealed: [UInt8]) {
        (self.leaf, self.sealed) = (leaf, sealed)
    }
}
