import Glibc

/// An unpacked status list in a file, mapped: opening it costs the same whatever its length.
///
/// The file is a header of 96 bytes and the bits. It is replaced whole, never changed, so that a map stays good.
@safe final class MappedStatusList: Sendable {
    /// Which token file the bits came from.
    struct Origin: Equatable {
        let byteCount: UInt64
        let modifiedAt: UInt64
        let modifiedNanoseconds: UInt64
    }

    private static let magic: UInt64 = 0x5350_5354_4154_0001
    private static let headerByteCount = 96
    private static let signerByteCount = 36

    let origin: Origin
    let issuedAt: UInt64
    /// The largest number where the list has no end.
    let expiresAt: UInt64
    /// Key identifier and SHA-256 of the public key of who signed.
    let signer: [UInt8]

    // Safe: the map is read only, made in init, and unmapped once in deinit.
    nonisolated(unsafe) private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Maps a file; nil where it is missing or none of ours.
    init?(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_size >= Self.headerByteCount else { return nil }
        byteCount = Int(status.st_size)
        guard let base = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe base != MAP_FAILED
        else { return nil }
        unsafe self.base = base
        let words = (0..<6).map { unsafe base.load(fromByteOffset: $0 * 8, as: UInt64.self) }
        origin = Origin(byteCount: words[1], modifiedAt: words[2], modifiedNanoseconds: words[3])
        issuedAt = words[4]
        expiresAt = words[5]
        signer = (0..<Self.signerByteCount).map { unsafe base.load(fromByteOffset: 48 + $0, as: UInt8.self) }
        guard words[0] == Self.magic else { return nil }
    }

    deinit {
        unsafe munmap(base, byteCount)
    }

    /// Whether the code at `index` is revoked; nil beyond the end.
    func isRevoked(_ index: UInt64) -> Bool? {
        guard index >> 3 < UInt64(byteCount - Self.headerByteCount) else { return nil }
        let byte = unsafe base.load(fromByteOffset: Self.headerByteCount + Int(index >> 3), as: UInt8.self)
        return byte >> UInt8(index & 7) & 1 == 1
    }

    /// The file's bytes.
    static func encoded(_ token: StatusListToken, origin: Origin, signer: [UInt8]) -> [UInt8] {
        precondition(signer.count == signerByteCount)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerByteCount + token.list.bytes.count)
        let words = [
            magic, origin.byteCount, origin.modifiedAt, origin.modifiedNanoseconds, token.issuedAt,
            token.expiresAt ?? .max,
        ]
        for word in words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        bytes += signer
        bytes += [UInt8](repeating: 0, count: headerByteCount - bytes.count)
        bytes += token.list.bytes
        return bytes
    }
}
