package import Gate
import Glibc
import Platform
package import Signing

/// Document 1 of an installation whose first root's private key is at hand: one root, one bundle key.
package struct FirstRootDocument {
    /// Ten years.
    package static let lifetimeSeconds: UInt64 = 3650 * 86_400
    /// Thirteen months.
    package static let bundleKeyLifetimeSeconds: UInt64 = 396 * 86_400

    package let chain: RootChain
    package let bundleKey: KeyFolder.NewKey

    /// Makes a bundle key, and the document by which the root lists it.
    ///
    /// - Parameters:
    ///   - root: the first root, which is the document's only root too.
    ///   - folder: makes the bundle key.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: the error of a key or a signature.
    package init(root: SigningKey, in folder: KeyFolder, at now: UInt64) throws {
        bundleKey = try folder.generate(root.algorithm, role: "bundle")
        let document = try RootDocument(
            version: 1, issuedAt: now, expiresAt: now + Self.lifetimeSeconds, roots: [root.verificationKey],
            threshold: 1,
            bundleKeys: [
                BundleKey(key: bundleKey.key.verificationKey, expiresAt: now + Self.bundleKeyLifetimeSeconds)
            ])
        chain = try RootChain([SignedRootDocument(unsigned: document).signed(by: root)], root: root.verificationKey)
    }

    /// Writes the bundle key, the root's public key and the document; `roots.cbor` is last and decides.
    ///
    /// A bundle key that an interrupted attempt left is not replaced, and never used.
    ///
    /// - Throws: the error of a file that cannot be written.
    package func write(to state: StateDirectory, _ folder: KeyFolder) throws {
        let isTaken = unsafe access(state.key(KeyRing.bundleFile), F_OK) == 0
        try folder.write(
            bundleKey,
            to: isTaken
                ? KeyRing.bundleKeyFile(bundleKey.key.verificationKey.keyIdentifier) : KeyRing.bundleFile)
        try InstallationRoots.replace(state.rootKey, with: chain.root.pem())
        try InstallationRoots.replace(state.rootDocuments, with: chain.encoded())
    }
}

extension InstallationRoots {
    /// Replaces a public file of the installation in one step.
    ///
    /// - Throws: `state_unwritable`.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(OperationError) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        let isComplete =
            descriptor >= 0 && fchmod(descriptor, 0o644) == 0 && WholeTransfer.write(bytes, to: descriptor)
            && fsync(descriptor) == 0
        let reason = unsafe String(cString: strerror(errno))
        if descriptor >= 0 { close(descriptor) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard isComplete, unsafe rename(temporary, path) == 0, Folder.sync(folder) else {
            if descriptor >= 0 { unsafe unlink(temporary) }
            throw OperationError(
                code: .stateUnwritable, reason: "\(path) cannot be written: \(reason)",
                hint: "check the disk, the folder and its permissions")
        }
    }

    /// Puts a chain that continues the installation's own in its place.
    ///
    /// - Throws: `roots_behind` for a chain of another root, or without the installation's newest document;
    ///   `state_busy`, `state_missing`.
    package static func take(_ chain: RootChain, in state: StateDirectory) throws(OperationError) {
        guard let lock = LockedFile(folder: state.path) else { throw state.missing }
        do throws(LockedFileError) {
            try lock.lock(timeoutMilliseconds: 0)
        } catch {
            throw OperationError(
                code: .stateBusy, reason: "another command changes the root documents of \(state.path)",
                hint: "look at them with `suishen root show`, and join again")
        }
        defer { withExtendedLifetime(lock) {} }
        let own = try InstallationRoots(state)
        guard own.root == chain.root, own.chain?.isContinued(by: chain) != false else {
            throw OperationError(
                code: .rootsBehind,
                reason: "the chain does not continue the root documents of \(state.path)",
                hint: "make the next document from the installation's newest one with `suishen root new`")
        }
        try replace(state.rootKey, with: chain.root.pem())
        try replace(state.rootDocuments, with: chain.encoded())
    }
}
