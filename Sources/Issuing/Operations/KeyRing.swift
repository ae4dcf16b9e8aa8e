package import Credential
package import Signing

/// The private keys and secrets of an installation that never change, read once at start.
///
/// ``SigningKeys`` has the keys that can be replaced.
package struct KeyRing: Sendable {
    static let secrets = ["medical.key", "transit.key", "registry.key", "digest.key"]
    static let secretByteCount = 32
    static let rootFile = "root.pem"
    static let checkpointFile = "checkpoint.pem"
    /// The files of the private keys in this ring.
    static let files = [rootFile, checkpointFile]

    /// Signs gate bundles; keep it offline in a real installation.
    package let root: SigningKey
    /// Signs the log's checkpoints.
    let checkpoint: SigningKey
    let masters: [SealDomain: [UInt8]]
    let registrySecret: [UInt8]
    let digestSecret: [UInt8]

    /// The key files with their algorithms and uses.
    ///
    /// The checkpoint key is Ed25519 in every suite, as signed notes require. The root has no use in the trust list,
    /// because it signs the list itself.
    static func signingKeys(of suite: Suite) -> [(name: String, algorithm: SignatureAlgorithm, uses: [String])] {
        [
            (rootFile, suite.algorithm, []),
            (KeyRole.issuer.firstFile, suite.algorithm, KeyRole.issuer.uses),
            (KeyRole.status.firstFile, suite.algorithm, KeyRole.status.uses),
            (checkpointFile, .ed25519, ["checkpoint"]),
        ]
    }

    /// Reads the keys and secrets.
    ///
    /// - Throws: the error of the first unusable key file: missing, readable by others, or of a wrong kind.
    package init(_ state: StateDirectory) throws(SigningError) {
        root = try SigningKey(contentsOf: state.key(Self.rootFile))
        checkpoint = try SigningKey(contentsOf: state.key(Self.checkpointFile))
        masters = [
            .medical: try Self.secret("medical.key", in: state), .transit: try Self.secret("transit.key", in: state),
        ]
        registrySecret = try Self.secret("registry.key", in: state)
        digestSecret = try Self.secret("digest.key", in: state)
    }

    static func secret(_ name: String, in state: StateDirectory) throws(SigningError) -> [UInt8] {
        let path = state.key(name)
        let bytes = try SecretFile.read(path, byteCountMax: secretByteCount)
        guard bytes.count == secretByteCount else {
            throw SigningError(
                code: .keyUnreadable, reason: "\(path) has \(bytes.count) bytes instead of \(secretByteCount)",
                hint: "restore the file that this installation was made with")
        }
        return bytes
    }

    /// Refuses keys of a suite other than the one in the settings.
    ///
    /// - Throws: `suite_mismatch`.
    func check(_ suite: Suite) throws(OperationError) {
        guard root.algorithm == suite.algorithm else { throw Self.suiteMismatch(suite) }
    }

    static func suiteMismatch(_ suite: Suite) -> OperationError {
        OperationError(
            code: .suiteMismatch, reason: "the keys do not belong to the settings' suite \(suite.rawValue)",
            hint: "set `suite` to the suite of this installation's keys; another suite needs a new installation")
    }

    /// The key that opens one domain's seals for one day.
    package func epochKey(_ domain: SealDomain, day: UInt64, suite: Suite) throws(CredentialError) -> EpochKey {
        try EpochKey(masterKey: masters[domain] ?? [], day: day, suite: suite)
    }
}
