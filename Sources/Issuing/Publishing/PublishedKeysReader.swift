import Credential
import Gate
import Glibc
import Platform
import Signing
import Synchronization

/// Reads the sealed keys in a published tree, and reads a gate's file again only when it was replaced.
final class PublishedKeysReader: Sendable {
    /// A published file of sealed keys, as far as it tells whether a new one is due.
    struct File: Sendable {
        let issuedAt: UInt64
        let domains: Set<SealDomain>
        /// Days since 1970-01-01 (UTC).
        let days: ClosedRange<UInt64>
        /// Of the key that signed it.
        let signer: [UInt8]
    }

    private struct Known {
        let identity: FileIdentity
        let file: File
    }

    private let known = Mutex<[GateIdentifier: Known]>([:])

    /// A gate's published file; nil where there is none, or one that cannot be read or was altered.
    ///
    /// A file whose time does not belong to its bytes, such as a copy, must have the signer's signature.
    func file(of gate: GateIdentifier, in tree: PublishedTree, signer: VerificationKey) -> File? {
        let path = tree.keysPath(of: gate)
        guard let identity = FileIdentity(path: path) else {
            known.withLock { $0[gate] = nil }
            return nil
        }
        if let known = known.withLock({ $0[gate] }), known.identity == identity { return known.file }
        guard let bytes = Self.bytes(path), let (keys, key) = try? SealedEpochKeys.published(bytes), keys.gate == gate,
            PublishedTree.hasTimes(of: path, holding: bytes)
                || SealedEpochKeys.isSigned(bytes, by: signer) && PublishedTree.setTimes(of: path, holding: bytes),
            let identity = FileIdentity(path: path)
        else { return nil }
        let file = File(issuedAt: keys.issuedAt, domains: keys.domains, days: keys.days, signer: key)
        known.withLock { $0[gate] = Known(identity: identity, file: file) }
        return file
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        guard let file = try? RegularFile(path, byteCountMax: SealedEpochKeys.byteCountMax, followsLink: false),
            file.status.st_mode & 0o777 == 0o644
        else { return nil }
        return try? file.bytes()
    }
}
