package import Credential
import Encoding
package import Signing

/// The private keys and secrets of an installation that never change, read once at start.
///
/// ``SigningKeys`` has the keys that can be replaced.
package struct KeyRing: Sendable {
    static let secrets = ["medical.key", "transit.key", registryFile, "digest.key"]
    static let registryFile = "registry.key"
    static let secretByteCount = 32
    static let rootFile = "root.pem"
    /// The first bundle key's file; those of later bundle keys are named after their key identifiers.
    static let bundleFile = "bundle.pem"
    /// The files of the keys that stand above the trust list.
    static let rootFiles = [rootFile, bundleFile]
    static let checkpointFile = "checkpoint.pem"

    /// The first root, which gates pin; its private key is needed for no operation once there is a root document.
    package let root: VerificationKey
    /// Signs the log's checkpoints.
    let checkpoint: SigningKey
    let masters: [SealDomain: [UInt8]]
    let registrySecret: [UInt8]
    let digestSecret: [UInt8]

    /// The key files with their algorithms and uses.
    ///
    /// The checkpoint key is Ed25519 in every suite, as signed notes require. Root and bundle key have no use in the
    /// trust list: the root lists the bundle key, which signs the list itself.
    static func signingKeys(of suite: Suite) -> [(name: String, algorithm: SignatureAlgorithm, uses: [String])] {
        [
            (rootFile, suite.algorithm, []),
            (bundleFile, suite.algorithm, []),
            (KeyRole.issuer.firstFile, suite.algorithm, KeyRole.issuer.uses),
            (KeyRole.status.firstFile, suite.algorithm, KeyRole.status.uses),
            (checkpointFile, .ed25519, ["checkpoint"]),
        ]
    }

    /// Reads the keys and secrets.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - folder: its keys.
    /// - Throws: the error of the first unusable key file: missing, readable by others, or of a wrong kind; an error of
    ///   the root documents.
    package init(_ state: StateDirectory, _ folder: KeyFolder) throws(OperationError) {
        root = try InstallationRoots(state).root
        do {
            checkpoint = try folder.signingKey(Self.checkpointFile)
            masters = [
                .medical: try folder.secret("medical.key"), .transit: try folder.secret("transit.key"),
            ]
            registrySecret = try folder.secret(Self.registryFile)
            digestSecret = try folder.secret("digest.key")
        } catch {
            throw OperationError(error)
        }
    }

    /// The files in which a bundle key may lie.
    static func bundleKeyFiles(_ keyIdentifier: [UInt8]) -> [String] { [bundleKeyFile(keyIdentifier), bundleFile] }

    /// The file of a bundle key that is not the installation's first one.
    package static func bundleKeyFile(_ keyIdentifier: [UInt8]) -> String {
        "bundle-\(Hex.encode(keyIdentifier)).pem"
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
