package import Signing

/// Links medical and transit identifiers of one holder; looking up a link takes both identifiers.
///
/// An entry is the first 16 bytes of HMAC-SHA-256, under the table's salt, over both identifiers. A gate that has read
/// two codes looks up their pair. A thief of the table learns nothing without guessing both 96-bit identifiers of a
/// pair at once.
package struct BlindedLinkTable: Sendable, Equatable {
    package static let entryByteCount = 16
    package static let saltByteCount = 16
    /// The most pairs in one bundle: 16 MiB.
    package static let countMax = 1 << 20

    package let salt: [UInt8]
    /// Entries of 16 bytes, sorted, end to end.
    package let entries: [UInt8]

    /// Makes a table of blinded pairs; each pair is one holder's two identifiers.
    package init(pairs: [(medical: [UInt8], transit: [UInt8])], random: some RandomSource) throws(SigningError) {
        salt = try random.bytes(Self.saltByteCount)
        var blinded: [[UInt8]] = []
        blinded.reserveCapacity(pairs.count)
        for pair in pairs { blinded.append(Self.entry(salt: salt, medical: pair.medical, transit: pair.transit)) }
        blinded.sort { $0.lexicographicallyPrecedes($1) }
        entries = Array(blinded.joined())
    }

    init(salt: [UInt8], entries: [UInt8]) throws(BundleError) {
        guard salt.count == Self.saltByteCount, entries.count % Self.entryByteCount == 0,
            entries.count / Self.entryByteCount <= Self.countMax
        else { throw .malformed("the link table's salt or entries have a wrong length") }
        self.salt = salt
        self.entries = entries
    }

    /// Whether the table links the two identifiers to one holder.
    package func links(medical: [UInt8], transit: [UInt8]) -> Bool {
        let wanted = Self.entry(salt: salt, medical: medical, transit: transit)
        var low = 0
        var high = entries.count / Self.entryByteCount
        while low < high {
            let middle = (low + high) / 2
            let start = middle * Self.entryByteCount
            let found = entries[start..<start + Self.entryByteCount]
            if found.elementsEqual(wanted) { return true }
            if found.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        return false
    }

    private static func entry(salt: [UInt8], medical: [UInt8], transit: [UInt8]) -> [UInt8] {
        var message = Array("suishen link v1".utf8)
        message.append(UInt8(truncatingIfNeeded: medical.count))
        message += medical
        message += transit
        return Array(HMAC.code(.sha256, key: salt, message: message).prefix(entryByteCount))
    }
}
