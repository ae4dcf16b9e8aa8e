import Signing

extension GateDirectory {
    /// The code of the warning that a running gate gives at its start for epoch keys in clear.
    package static let keysInClearWarning = "epoch_keys_in_clear"

    /// Whether the gate decides with epoch keys that lie in clear in its folder.
    package var hasEpochKeysInClear: Bool { epochKeys.isInClear }

    /// Makes the gate's missing keys in its state folder, and signs its request to be registered.
    ///
    /// - Parameters:
    ///   - name: the gate's name for its operators.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the request.
    /// - Throws: `request_invalid`, or an error of a key's file.
    package func enrolmentRequest(name: String, at now: UInt64) throws -> GateRequest {
        guard let suite = root.algorithm.suite else { throw BundleError.malformed("the root's key has no suite") }
        // Checked before any key is made.
        guard GateRequest.isName(name) else { throw GateRequest.invalidName }
        let keys = try GateKeys(makingMissingIn: statePath, suite: suite)
        return try GateRequest(
            name: name, signingKey: keys.signing, receivingKey: keys.receiving.publicKey,
            rootDigest: RootSource.digest(of: root), issuedAt: now)
    }
}
