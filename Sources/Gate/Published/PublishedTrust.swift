package import Credential
import ForeignCodes
package import Platform
import Signing

/// The trust list of a published tree, for a reader that shows codes to people and opens no gate.
///
/// It checks a code as a gate does, up to the signature; it has no scene, no state folder and no replay store.
package struct PublishedTrust: Sendable {
    package let bundle: GateBundle
    /// By which the root is pinned and named.
    package let rootDigest: [UInt8]
    /// The files that were read; other files at their paths are a later publication.
    let identities: [FileIdentity?]
    let trust: TrustList
    private let users: TrustedUsers
    private let warrant: BundleWarrant?

    /// Reads a tree.
    ///
    /// - Parameters:
    ///   - tree: the folder that `suishen publish` writes, or a gate's copy of it.
    ///   - source: the root key that must confirm it.
    ///   - users: the users who may write the tree.
    /// - Throws: `bundle_unreadable`, `bad_signature`, `root_differs`, `roots_invalid`, `root_threshold_missing`.
    package init(tree: String, root source: RootSource, users: TrustedUsers) throws(BundleError) {
        try GateFile.check(tree, users)
        let contents = try CurrentGeneration.path(in: tree, users: users)
        identities = Self.identities(in: contents)
        self.users = users
        let root = try source.key(in: contents, users: users)
        let bytes = try BundleFile.read(in: contents, for: tree, of: users).bytes
        // A publication writes the chain before a bundle that needs it.
        let authority = BundleAuthority(try RootChain(in: contents, root: root, users: users), root: root)
        (bundle, warrant) = try GateBundle.signed(bytes[...], by: authority)
        rootDigest = RootSource.digest(of: root)
        trust = TrustList(bundle.issuers)
    }

    /// The identities of the files that a trust list is made of.
    static func identities(in contents: String) -> [FileIdentity?] {
        [BundleExport.rootName, RootChain.name, BundleExport.bundleName].map { FileIdentity(path: "\(contents)/\($0)") }
    }

    /// Whether the tree still holds the files that this was read from.
    package func isCurrent(in tree: String) -> Bool {
        guard let contents = try? CurrentGeneration.path(in: tree, users: users) else { return false }
        return Self.identities(in: contents) == identities
    }

    /// Refuses a trust list that is dated ahead or has ended.
    ///
    /// - Throws: `clock_before_bundle`, `bundle_expired`.
    package func check(at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try bundle.checkNotAhead(of: now, skewSeconds: skewSeconds)
        try warrant?.checkNotAhead(of: now, skewSeconds: skewSeconds)
        try warrant?.check(at: now)
        guard now < bundle.expiresAt else {
            throw BundleError(
                code: .expired, reason: "bundle \(bundle.version) ended at \(bundle.expiresAt)",
                hint: "publish again with `suishen publish`, and check this machine's clock")
        }
    }

    /// Checks a code's form, and that a key of the trust list signed it; neither its life nor its status.
    ///
    /// - Parameters:
    ///   - text: the code's text.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the code with its claims.
    /// - Throws: the refusal that a gate gives. A code that names an issuer of the trust list, under a key that this
    ///   issuer does not have, is `bad_signature`; `unknown_issuer` is left for other issuers.
    package func signedCode(_ text: String, at now: UInt64) throws(Refusal) -> VerifiedCredential {
        let code = try ReadableCode(Array(text.utf8))
        do throws(Refusal) {
            let keys = try TrustedKeys(of: code, in: trust, at: now)
            return try SignedCode(code, by: keys, in: trust).credential
        } catch {
            guard error.code == .unknownIssuer, let claims = try? code.credential.claimsUnchecked(),
                bundle.issuers.contains(where: { $0.issuer == claims.issuer })
            else { throw error }
            throw Refusal(.badSignature, "the code names the issuer \(claims.issuer), who has no such key")
        }
    }
}
