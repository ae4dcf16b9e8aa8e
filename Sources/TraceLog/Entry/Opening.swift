package import Signing

/// The salt, name and value behind one commitment; they never enter the log.
package struct Opening: Sendable, Equatable {
    package static let saltByteCount = 16
    package static let nameByteCountMax = 256
    package static let valueByteCountMax = 4096

    private static let label = "suishen opening v1"

    package let salt: [UInt8]
    package let name: String
    package let value: String

    /// Takes a stored opening.
    ///
    /// - Throws: `value_out_of_range`.
    package init(salt: [UInt8], name: String, value: String) throws(TraceLogError) {
        guard salt.count == Self.saltByteCount else {
            throw .range("the salt has \(salt.count) bytes", "give \(Self.saltByteCount) random bytes")
        }
        guard (1...Self.nameByteCountMax).contains(name.utf8.count), value.utf8.count <= Self.valueByteCountMax else {
            throw .range(
                "the name or value of a personal field is too long",
                "give at most \(Self.nameByteCountMax) and \(Self.valueByteCountMax) bytes")
        }
        self.salt = salt
        self.name = name
        self.value = value
    }

    /// Makes an opening with a fresh salt.
    package static func make(
        name: String, value: String, random: some RandomSource
    ) throws(TraceLogError) -> Opening {
        let salt: [UInt8]
        do {
            salt = try random.bytes(saltByteCount)
        } catch {
            throw TraceLogError(code: .signatureFailed, reason: error.reason, hint: error.hint)
        }
        return try Opening(salt: salt, name: name, value: value)
    }

    /// SHA-256 over the label, salt, name and value, each behind its length in 4 bytes, big-endian.
    package var commitment: MerkleHash {
        var bytes: [UInt8] = []
        for part in [Array(Self.label.utf8), salt, Array(name.utf8), Array(value.utf8)] {
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: part.count >> shift))
            }
            bytes += part
        }
        return MerkleHash(digest: DigestAlgorithm.sha256.digest(bytes))
    }
}
