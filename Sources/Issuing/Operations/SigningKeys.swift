import Encoding
import Glibc
import Signing
import Storage
import Synchronization

/// The private keys of the registry's active keys, each read from its file when first needed.
///
/// Each transaction finds the active key in the registry. So no order of changes lets a retired or compromised key
/// sign.
final class SigningKeys: Sendable {
    private let state: StateDirectory
    private let folder: KeyFolder
    private let suite: Suite
    /// Whether other daemons may have made the active key.
    private let isShared: Bool
    private let lastRead = Mutex<[KeyRole: SigningKey]>([:])

    init(_ state: StateDirectory, _ folder: KeyFolder, settings: Settings) {
        self.state = state
        self.folder = folder
        suite = settings.suite
        isShared = settings.isShared
    }

    /// The private key of a role, for a signature of a time that the clock may give.
    ///
    /// - Parameters:
    ///   - role: the key's role.
    ///   - record: the role's active key in the registry; nil when no key is active.
    ///   - time: the time of the signature.
    /// - Returns: the private key that belongs to the record.
    /// - Throws: `key_missing` when no key is active or its file is missing, `suite_mismatch`, or an error of the file.
    func key(_ role: KeyRole, _ record: IssuerKeyRecord?, at time: SigningTime) throws(OperationError) -> SigningKey {
        try key(role, record)
    }

    /// The private key that signs bundles at a time that the clock may give, with the public side of its trust.
    ///
    /// - Parameter time: the time of the signature.
    /// - Returns: the key: a bundle key of the newest root document, or the root where there is no document.
    /// - Throws: `key_missing` when no listed key is here and in its term, or an error of a file.
    func bundleKey(at time: SigningTime) throws(OperationError) -> (key: SigningKey, roots: InstallationRoots) {
        let roots = try InstallationRoots(state)
        return (try roots.bundleKey(in: state, folder, at: time.seconds), roots)
    }

    /// The public key of a role, once its private key is found to belong to it.
    ///
    /// - Throws: as ``key(_:_:at:)``.
    func verificationKey(_ role: KeyRole, _ record: IssuerKeyRecord?) throws(OperationError) -> VerificationKey {
        try key(role, record).verificationKey
    }

    /// Refuses a request before anything is changed for it, while the token of a role's key is out of reach.
    ///
    /// - Throws: `key_unavailable`, and the other errors of a token.
    func checkAvailable(_ role: KeyRole) throws(OperationError) {
        do {
            try lastRead.withLock { $0[role] }?.checkAvailable()
        } catch {
            throw OperationError(error)
        }
    }

    private func key(_ role: KeyRole, _ record: IssuerKeyRecord?) throws(OperationError) -> SigningKey {
        guard let record else {
            throw OperationError(
                code: .keyMissing, reason: "no \(role.rawValue) key is active",
                hint: "make one with `suishen key rotate \(role.rawValue)`")
        }
        if let key = lastRead.withLock({ $0[role] }), key.verificationKey.spki == record.spki { return key }
        let key = try read(record, role)
        lastRead.withLock { $0[role] = key }
        return key
    }

    private func read(_ record: IssuerKeyRecord, _ role: KeyRole) throws(OperationError) -> SigningKey {
        let own = state.key(role.file(record.keyIdentifier))
        let isHere = unsafe access(own, F_OK) == 0
        let key: SigningKey
        do {
            key = try folder.signingKey(isHere ? role.file(record.keyIdentifier) : role.firstFile)
        } catch {
            throw OperationError(error)
        }
        guard key.verificationKey.spki == record.spki else {
            guard isHere || !isShared else { throw Self.elsewhere(record, role) }
            throw OperationError(
                code: .keyMissing, reason: "\(own) does not contain the key that the registry lists as active",
                hint: "restore the file, or make a new key with `suishen key rotate \(role.rawValue)`")
        }
        guard key.algorithm == suite.algorithm else { throw KeyRing.suiteMismatch(suite) }
        return key
    }

    /// The error for a key that another daemon has made; this one takes its file as soon as it is there.
    private static func elsewhere(_ record: IssuerKeyRecord, _ role: KeyRole) -> OperationError {
        OperationError(
            SigningError(
                code: .keyUnavailable,
                reason: "the private half of the active \(role.rawValue) key \(Hex.encode(record.keyIdentifier)) is "
                    + "not here: another daemon has made the key",
                hint: "fetch it with `suishend --join URL --state DIR`; this daemon takes it without a restart"))
    }
}
