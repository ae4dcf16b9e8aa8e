import Credential
package import Signing

/// Whose signature a bundle needs.
package enum BundleAuthority: Sendable {
    /// The first root itself, in a folder without root documents.
    case root(VerificationKey)
    /// A bundle key of the newest root document; no root's own signature counts any more.
    case document(RootDocument)

    package init(_ chain: RootChain?, root: VerificationKey) {
        self = chain.map { .document($0.newest) } ?? .root(root)
    }

    /// Finds the key that signed a bundle.
    ///
    /// - Returns: the bundle key with its document; nil where the first root signed.
    /// - Throws: `bad_signature`.
    func warrant(for message: SignedMessage) throws(BundleError) -> BundleWarrant? {
        switch self {
        case .root(let root):
            guard message.isSigned(by: root) else {
                throw BundleError(
                    code: .badSignature, reason: "the bundle is not signed by the root key this gate trusts",
                    hint: "fetch the bundle again, or name the right key with --root")
            }
            return nil
        case .document(let document):
            let keys = document.bundleKeys.filter { $0.key.keyIdentifier == message.keyIdentifier }
            guard let key = keys.first(where: { message.isSigned(by: $0.key) }) else {
                throw BundleError(
                    code: .badSignature,
                    reason: "the bundle is not signed by a bundle key of root document \(document.version)",
                    hint: "fetch the newest bundle together with its \(RootChain.name)")
            }
            return BundleWarrant(document: document, bundleKey: key)
        }
    }
}

/// The key that signed a bundle, and the root document that allows it to.
package struct BundleWarrant: Sendable, Equatable {
    package let document: RootDocument
    package let bundleKey: BundleKey

    /// Refuses a bundle that says itself that it was signed after its key's end.
    ///
    /// Throws `bundle_expired`.
    func check(signing version: UInt64, at issuedAt: UInt64) throws(BundleError) {
        guard issuedAt >= bundleKey.expiresAt else { return }
        throw Self.expired("bundle \(version) was signed at \(issuedAt), and its key", bundleKey.expiresAt)
    }

    /// Refuses the document and the key from their ends on.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `bundle_expired`.
    func check(at now: UInt64) throws(BundleError) {
        guard now < document.expiresAt else {
            throw Self.expired("root document \(document.version)", document.expiresAt)
        }
        guard now < bundleKey.expiresAt else { throw Self.expired("the bundle's key", bundleKey.expiresAt) }
    }

    /// Throws `clock_before_bundle` if the document is dated ahead of the clock.
    func checkNotAhead(of now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try SignedTime.check(
            document.issuedAt, of: "root document \(document.version)", at: now, skewSeconds: skewSeconds)
    }

    private static func expired(_ subject: String, _ time: UInt64) -> BundleError {
        BundleError(
            code: .expired, reason: "\(subject) ended at \(time)",
            hint: "fetch the newest bundle with its \(RootChain.name), and check this machine's clock")
    }
}
