import Glibc
package import Signing

/// An enrolled gate's two private keys, in its state folder.
package struct GateKeys: Sendable {
    /// The file of the key that signs for the gate, PKCS#8 in PEM, mode 0400.
    package static let signingName = "gate.pem"
    /// The file of the key that opens what is sealed to the gate, mode 0400.
    package static let receivingName = "gate-receiving.key"

    package let signing: SigningKey
    package let receiving: ReceivingKey

    package var gate: GateIdentifier { GateIdentifier(of: signing.verificationKey) }

    /// Reads the keys of an enrolled gate; nil where the folder has no signing key.
    ///
    /// - Throws: `bundle_unreadable` if only one key is there, or one cannot be read.
    package init?(in folder: String) throws(BundleError) {
        guard Self.exists(folder, Self.signingName) else { return nil }
        do throws(SigningError) {
            signing = try SigningKey(contentsOf: "\(folder)/\(Self.signingName)")
            receiving = try ReceivingKey(contentsOf: "\(folder)/\(Self.receivingName)")
        } catch {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
    }

    /// Makes the keys that the folder lacks; a key that exists is never replaced.
    ///
    /// The receiving key is written first, so that a gate with a signing key is whole.
    ///
    /// - Parameters:
    ///   - folder: the gate's state folder.
    ///   - suite: the suite of the gate's root.
    /// - Throws: an error of a file, and `key_wrong_algorithm` for keys of another suite.
    package init(makingMissingIn folder: String, suite: Suite) throws(SigningError) {
        let receivingPath = "\(folder)/\(Self.receivingName)"
        if !Self.exists(folder, Self.receivingName), !Self.exists(folder, Self.signingName) {
            try ReceivingKey.generate(for: suite).write(to: receivingPath)
        }
        receiving = try ReceivingKey(contentsOf: receivingPath)
        let signingPath = "\(folder)/\(Self.signingName)"
        if !Self.exists(folder, Self.signingName) { try SigningKey.generate(suite.algorithm).write(to: signingPath) }
        signing = try SigningKey(contentsOf: signingPath)
        guard signing.algorithm == suite.algorithm, receiving.publicKey.belongs(to: suite) else {
            throw SigningError(
                code: .keyWrongAlgorithm, reason: "the keys in \(folder) are not of the suite \(suite.rawValue)",
                hint: "name a new folder with --state for a gate of another issuer")
        }
    }

    private static func exists(_ folder: String, _ name: String) -> Bool {
        var status = stat()
        return unsafe lstat("\(folder)/\(name)", &status) == 0
    }
}
