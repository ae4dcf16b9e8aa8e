import Credential
import Encoding
import Platform
import Signing

extension CodeProof {
    /// The trust list: its signer, whom the root documents allow, whom the pinned root confirms.
    ///
    /// The parts are the root's key (SPKI), the root documents (empty for none), the bundle, and the time in seconds.
    @inline(never)
    mutating func takeTrust(_ parts: InputParts) throws(StepFailure) -> JSONObject {
        trust = nil
        let (rootBytes, chainBytes) = (try parts.bytes(0), try parts.bytes(1))
        let (bundleBytes, now) = (try parts.bytes(2), try parts.number(3))
        let root: VerificationKey
        do {
            root = try VerificationKey(spki: Array(rootBytes))
        } catch {
            throw StepFailure(error.codeText, error.reason)
        }
        let bundle: BundleTrust
        do throws(BundleError) {
            let chain = chainBytes.isEmpty ? nil : try RootChain(Array(chainBytes), root: root)
            bundle = try Self.bundle(bundleBytes, by: BundleAuthority(chain, root: root), at: now)
        } catch {
            throw StepFailure(error)
        }
        trust = PageTrust(bundle: bundle)
        var names: [String] = []
        for record in bundle.issuers where !names.contains(record.issuer) { names.append(record.issuer) }
        return [
            "version": .string(String(bundle.version)), "issuedAt": .string(String(bundle.issuedAt)),
            "expiresAt": .string(String(bundle.expiresAt)), "issuers": .array(names.map { .string($0) }),
        ]
    }

    private static func bundle(
        _ bytes: ArraySlice<UInt8>, by authority: BundleAuthority, at now: UInt64
    ) throws(BundleError) -> BundleTrust {
        let message: SignedMessage
        do {
            message = try SignedMessage(bytes, byteCountMax: PageTrust.byteCountMax)
        } catch {
            throw .malformed("the bundle cannot be read: \(error.reason)")
        }
        let warrant = try authority.warrant(for: message)
        let item: CBORItem
        do {
            item = try CBORItem.decode(
                message.payload, rules: .deterministic, byteCountMax: PageTrust.byteCountMax, depthMax: 8)
        } catch {
            throw .malformed("the bundle cannot be read: \(error.reason)")
        }
        let bundle = try BundleTrust(DocumentFields(item, in: "the bundle"))
        try warrant?.check(signing: bundle.version, at: bundle.issuedAt)
        try SignedTime.check(bundle.issuedAt, of: "the bundle", at: now, skewSeconds: PageTrust.clockSkewSeconds)
        try warrant?.checkNotAhead(of: now, skewSeconds: PageTrust.clockSkewSeconds)
        try warrant?.check(at: now)
        guard now < bundle.expiresAt else {
            throw BundleError(
                code: .expired, reason: "bundle \(bundle.version) ended at \(bundle.expiresAt)",
                hint: "fetch the newest bundle, and check this machine's clock")
        }
        return bundle
    }
}

extension PageTrust {
    /// The most bytes of a trust list that a page reads.
    static let byteCountMax = 8 << 20
}
