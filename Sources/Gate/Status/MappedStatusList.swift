import Glibc
import Platform
import Signing

/// An unpacked status list in a mapped file: opening it takes the same time at any length.
///
/// The file is a header and the bits. It is replaced whole and never changed, so a map of it stays valid. The header
/// holds the SHA-256 of the token, the number of bits, and a SHA-256 of the header itself. A file with a wrong length
/// or an altered header is unpacked again. The bits are not digested at each start: only the owner and mode of the
/// file and its folder protect them. So the gate refuses files of other users (``GateFile/isOwn(_:)``) and folders
/// that others can write (``GateFile/makeFolder(_:)``).
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
    private static let byteCountMax = Offset.list + StatusList.readCountMax >> 3

    let issuedAt: UInt64
    /// `UInt64.max` for a list that does not expire.
    let expiresAt: UInt64
    /// SHA-256 of the token file's bytes.
    let tokenDigest: [UInt8]
    /// The signer's key identifier, then the SHA-256 of the signer's public key.
    let signer: [UInt8]

    // Safe: the map is read-only, made in init, and unmapped once in deinit.
    nonisolated(unsafe) private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Maps a file; nil if it is missing, owned by another user, or not as ``header(_:tokenDigest:signer:)`` says.
    init?(_ path: String) {
        guard let file = try? RegularFile(path, byteCountMax: Self.byteCountMax), GateFile.isOwn(file.status),
            file.byteCount >= Offset.list
        else { return nil }
        byteCount = file.byteCount
        guard let base = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
            unsafe base != MAP_FAILED
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

    /// The number of bits in the list.
    var bitCount: UInt64 { UInt64(byteCount - Offset.list) << 3 }

    /// Whether the code at `index` is revoked; nil beyond the end.
    func isRevoked(_ index: UInt64) -> Bool? {
        guard index >> 3 < UInt64(byteCount - Offset.list) else { return nil }
        let byte = unsafe base.load(fromByteOffset: Offset.list + Int(index >> 3), as: UInt8.self)
        return byte >> UInt8(index & 7) & 1 == 1
    }

    /// Gives the memory of the bits that were read back to the system; a later reading takes it again.
    func releasePages() {
        unsafe madvise(base, byteCount, MADV_DONTNEED)
    }

    /// The file's bytes before the bits of the token's list.
    static func header(_ token: StatusListToken, tokenDigest: [UInt8], signer: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [magic, UInt64(token.list.bytes.count), token.issuedAt, token.expiresAt ?? .max] {
            bytes += LittleEndian.bytes(number)
        }
        bytes += tokenDigest + signer
        // No input reaches this: a trust list's key identifiers are 4 bytes, and a digest's length is fixed.
        precondition(bytes.count == Offset.headerDigest, "a digest is 32 bytes, a key identifier 4")
        bytes += DigestAlgorithm.sha256.digest(bytes)
        return bytes
    }

    private static func number(_ header: [UInt8], at offset: Int) -> UInt64 {
        LittleEndian.number(header[offset..<offset + 8])
    }
}
