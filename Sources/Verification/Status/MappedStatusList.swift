import Glibc
import Signing

/// An unpacked status list in a file, mapped: opening it costs the same whatever its length.
///
/// The file is a header and the bits. It is replaced whole, never changed, so that a map stays good. The header names
/// the token it came from by its SHA-256, says how many bits follow, and ends in a SHA-256 of itself; a file that is
/// cut short, longer, or altered in its header is unpacked anew. The bits are not digested at each start: nothing but
/// the file's and the folder's owner and mode keeps someone from unsetting one, so others' files are not taken
/// (``GateFile/isOwn(_:)``), nor folders that others can write (``GateFile/makeFolder(_:)``).
@safe final class MappedStatusList: Sendable {
    /// Where each part of the header starts; whole numbers are 8 bytes, the least significant first.
    private enum Offset {
        static let magic = 0
        static let listByteCount = 8
        static let issuedAt = 16
        static let expiresAt = 24
        static let tokenDigest = 32
        static let signer = 64
        static let headerDigest = 100
        static let list = 132
    }

    private static let magic: UInt64 = 0x5350_5354_4154_0002
    private static let byteCountMax = Offset.list + StatusList.countMax >> 3

    let issuedAt: UInt64
    /// The largest number where the list has no end.
    let expiresAt: UInt64
    /// SHA-256 of the token file's bytes.
    let tokenDigest: [UInt8]
    /// Key identifier and SHA-256 of the public key of who signed.
    let signer: [UInt8]

    // Safe: the map is read only, made in init, and unmapped once in deinit.
    nonisolated(unsafe) private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Maps a file; nil where it is missing, another's, or not as ``encoded(_:tokenDigest:signer:)`` made it.
    init?(_ path: String) {
        // Without O_NONBLOCK a named pipe in the file's place would hold the gate up for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, GateFile.isOwn(status),
            (Offset.list...Self.byteCountMax).contains(Int(status.st_size))
        else { return nil }
        byteCount = Int(status.st_size)
        guard let base = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe base != MAP_FAILED
        else { return nil }
        unsafe self.base = base
        let header = unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: Offset.list))
        issuedAt = Self.number(header, at: Offset.issuedAt)
        expiresAt = Self.number(header, at: Offset.expiresAt)
        tokenDigest = Array(header[Offset.tokenDigest..<Offset.signer])
        signer = Array(header[Offset.signer..<Offset.headerDigest])
        guard Self.number(header, at: Offset.magic) == Self.magic,
            Self.number(header, at: Offset.listByteCount) == UInt64(byteCount - Offset.list),
            DigestAlgorithm.sha256.digest(header[..<Offset.headerDigest]).elementsEqual(header[Offset.headerDigest...])
        else { return nil }
    }

    deinit {
        unsafe munmap(base, byteCount)
    }

    /// Whether the code at `index` is revoked; nil beyond the end.
    func isRevoked(_ index: UInt64) -> Bool? {
        guard index >> 3 < UInt64(byteCount - Offset.list) else { return nil }
        let byte = unsafe base.load(fromByteOffset: Offset.list + Int(index >> 3), as: UInt8.self)
        return byte >> UInt8(index & 7) & 1 == 1
    }

    /// The file's bytes.
    static func encoded(_ token: StatusListToken, tokenDigest: [UInt8], signer: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Offset.list + token.list.bytes.count)
        for number in [magic, UInt64(token.list.bytes.count), token.issuedAt, token.expiresAt ?? .max] {
            bytes += LittleEndian.bytes(number)
        }
        bytes += tokenDigest + signer
        // No input reaches this: a trust list's key identifiers are 4 bytes, and a digest's length is fixed.
        precondition(bytes.count == Offset.headerDigest, "a digest is 32 bytes, a key identifier 4")
        bytes += DigestAlgorithm.sha256.digest(bytes)
        bytes += token.list.bytes
        return bytes
    }

    private static func number(_ header: [UInt8], at offset: Int) -> UInt64 {
        LittleEndian.number(header[offset..<offset + 8])
    }
}
