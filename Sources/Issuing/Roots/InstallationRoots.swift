package import Gate
import Glibc
import Platform
package import Signing

/// The public side of an installation's trust: its first root, and its root documents where it has any.
///
/// `DIR/root.pem` and `DIR/roots.cbor` are read anew whenever they are needed, so that a running daemon signs under a
/// new document with the next bundle.
package struct InstallationRoots: Sendable {
    /// The first root, which gates pin.
    package let root: VerificationKey
    /// Nil in an installation whose root signs the bundles itself.
    package let chain: RootChain?

    /// Reads the files; the private key of the first root is read only where `root.pem` is missing.
    ///
    /// - Throws: `roots_invalid`, `root_threshold_missing`, or the error of an unreadable file.
    package init(_ state: StateDirectory) throws(OperationError) {
        do {
            let root = try Self.root(state)
            let bytes = try Self.file(state.rootDocuments, byteCountMax: RootChain.byteCountMax)
            chain = try bytes.map { try RootChain($0, root: root) }
            self.root = root
        } catch {
            throw OperationError(any: error)
        }
    }

    private static func root(_ state: StateDirectory) throws -> VerificationKey {
        if let pem = try file(state.rootKey, byteCountMax: SigningKey.fileByteCountMax) {
            return try VerificationKey(pem: pem)
        }
        return try SigningKey(contentsOf: state.key(KeyRing.rootFile)).verificationKey
    }

    /// A file's bytes; nil if it does not exist.
    private static func file(_ path: String, byteCountMax: Int) throws(OperationError) -> [UInt8]? {
        do throws(RegularFileError) {
            return try RegularFile.read(path, byteCountMax: byteCountMax)
        } catch {
            if error.isAbsence { return nil }
            throw OperationError(
                code: .rootsUnreadable, reason: "\(path) cannot be read: \(error.reason)",
                hint: "restore the file; every exported bundle's folder has a copy of it")
        }
    }

    /// The key that signs bundles at a time.
    ///
    /// - Throws: `key_missing`, or the error of a key file.
    package func bundleKey(
        in state: StateDirectory, _ folder: KeyFolder, at now: UInt64
    ) throws(OperationError) -> SigningKey {
        if let chain { return try Self.bundleKey(of: chain.newest, in: state, folder, at: now) }
        let key: SigningKey
        do {
            key = try folder.signingKey(KeyRing.rootFile)
        } catch {
            throw OperationError(error)
        }
        guard key.verificationKey == root else {
            throw OperationError(
                code: .keyMissing, reason: "\(state.rootKeyFile) is not the private key of \(state.rootKey)",
                hint: "restore the file of the two that was exchanged; every exported bundle's folder has root.pem")
        }
        return key
    }

    /// The newest document's bundle key whose private key is here, at a time at which both may sign.
    ///
    /// Of two such keys the one that ends later signs.
    ///
    /// - Parameters:
    ///   - document: the newest root document.
    ///   - state: the installation's folder.
    ///   - folder: its keys.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the private key.
    /// - Throws: `key_missing`, or the error of a key file.
    private static func bundleKey(
        of document: RootDocument, in state: StateDirectory, _ folder: KeyFolder, at now: UInt64
    ) throws(OperationError) -> SigningKey {
        guard document.issuedAt <= now, now < document.expiresAt else {
            throw missing(
                "root document \(document.version) is in force from \(document.issuedAt) to \(document.expiresAt)")
        }
        let listed = document.bundleKeys.filter { now < $0.expiresAt }.sorted { $0.expiresAt > $1.expiresAt }
        for bundleKey in listed {
            for name in KeyRing.bundleKeyFiles(bundleKey.key.keyIdentifier)
            where unsafe access(state.key(name), F_OK) == 0 {
                do {
                    let key = try folder.signingKey(name)
                    if key.verificationKey == bundleKey.key { return key }
                } catch {
                    throw OperationError(error)
                }
            }
        }
        throw missing("no bundle key of root document \(document.version) that has not ended is in \(state.path)/keys")
    }

    private static func missing(_ reason: String) -> OperationError {
        OperationError(
            code: .keyMissing, reason: reason,
            hint: "make a key with `suishen root bundle-key`, and list it in a new document with `suishen root new`")
    }
}

extension StateDirectory {
    /// The public key of the first root, which gates pin.
    package var rootKey: String { path + "/" + BundleExport.rootName }
    /// The private key of the first root, which no daemon needs once there is a root document.
    package var rootKeyFile: String { key(KeyRing.rootFile) }
    /// The chain of root documents.
    package var rootDocuments: String { path + "/" + RootChain.name }
}
