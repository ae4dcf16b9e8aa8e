import Glibc
package import Signing

/// An enrolled gate's private keys, in its state folder.
package struct GateKeys: Sendable {
    /// The file of the key that signs for the gate, PKCS#8 in PEM, mode 0400.
    package static let signingName = "gate.pem"
    /// The file of the key that opens what is sealed to the gate, mode 0400.
    package static let receivingName = "gate-receiving.key"
    /// The file of the receiving key that follows, once the issuer seals to it; mode 0400.
    package static let nextReceivingName = "gate-receiving.next"
    /// A second name of the receiving key that is being destroyed.
    static let formerReceivingName = "gate-receiving.former"

    package let signing: SigningKey
    package let receiving: ReceivingKey
    /// The key that follows; nil unless its renewal was begun.
    package let nextReceiving: ReceivingKey?

    package var gate: GateIdentifier { GateIdentifier(of: signing.verificationKey) }

    /// Reads the keys of an enrolled gate; nil where the folder has no signing key.
    ///
    /// - Throws: `bundle_unreadable` if only one key is there, or one cannot be read.
    package init?(in folder: String) throws(BundleError) {
        guard Self.exists(folder, Self.signingName) else { return nil }
        do throws(SigningError) {
            signing = try SigningKey(contentsOf: "\(folder)/\(Self.signingName)")
            // First the next key: another process may give it the place of the other one meanwhile.
            nextReceiving = Self.nextReceiving(in: folder)
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
        nextReceiving = Self.nextReceiving(in: folder)
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

    /// Opens what was sealed to the gate.
    ///
    /// - Returns: the secret bytes, which the caller wipes, and whether they were sealed to the next key; nil where no
    ///   key opens them.
    func open(_ sealed: [UInt8]) -> (bytes: [UInt8], isForNextKey: Bool)? {
        if let bytes = nextReceiving?.open(sealed) { return (bytes, true) }
        return receiving.open(sealed).map { ($0, false) }
    }

    /// The key that follows; one that cannot be read does not keep the gate from its other keys.
    private static func nextReceiving(in folder: String) -> ReceivingKey? {
        exists(folder, nextReceivingName) ? try? ReceivingKey(contentsOf: "\(folder)/\(nextReceivingName)") : nil
    }

    static func exists(_ folder: String, _ name: String) -> Bool {
        var status = stat()
        return unsafe lstat("\(folder)/\(name)", &status) == 0
    }
}
