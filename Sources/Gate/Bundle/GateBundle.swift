package import Credential
package import ForeignCodes
package import Signing

/// The data that a gate needs to decide offline, signed by a bundle key, or by the root where there is none.
package struct GateBundle: Sendable, Equatable {
    /// The most bytes of a bundle: a full link table and room for the rest.
    package static let byteCountMax = (BlindedLinkTable.countMax * BlindedLinkTable.entryByteCount) + (4 << 20)
    package static let issuerCountMax = BundleTrust.issuerCountMax
    package static let statusListCountMax = BundleTrust.statusListCountMax
    package static let sceneCountMax = 256
    package static let hostCountMax = 4096
    package static let categoryCountMax = 4096

    /// Rises with every bundle; a gate refuses a lower version than the newest it has seen.
    package let version: UInt64
    package let issuedAt: UInt64
    /// From this second on, a gate uses the bundle only within the scene's grace period.
    package let expiresAt: UInt64
    package let issuers: [IssuerRecord]
    package let statusLists: [StatusListReference]
    /// The least `iat` of each list; an older list is outdated.
    ///
    /// Empty in bundles of the previous software version.
    package let statusListTimes: [StatusListReference: UInt64]
    /// The domains whose epoch keys were exported beside the bundle.
    package let domains: [SealDomain]
    /// Hosts, in lower case, whose enterprise and object codes give no warning.
    package let hosts: [String]
    package let scenes: [Scene]
    /// Names of object categories by number.
    package let categories: [UInt64: String]
    package let links: BlindedLinkTable?
    /// The transit network whose codes a gate of the transit domain takes.
    package let transit: TransitNetwork?
    /// The key that receipts are sealed to; nil in bundles of issuers that do not settle.
    package let settlementKey: ReceivingPublicKey?

    package init(
        version: UInt64, issuedAt: UInt64, expiresAt: UInt64, issuers: [IssuerRecord],
        statusLists: [StatusListReference], statusListTimes: [StatusListReference: UInt64] = [:],
        domains: [SealDomain] = [], hosts: [String],
        scenes: [Scene] = Scene.shipped,
        categories: [UInt64: String] = Self.shippedCategories, links: BlindedLinkTable? = nil,
        transit: TransitNetwork? = nil, settlementKey: ReceivingPublicKey? = nil
    ) {
        self.version = version
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.issuers = issuers
        self.statusLists = statusLists
        self.statusListTimes = statusListTimes
        self.domains = domains
        self.hosts = hosts
        self.scenes = scenes
        self.categories = categories
        self.links = links
        self.transit = transit
        self.settlementKey = settlementKey
    }

    /// The categories in every bundle by default.
    package static let shippedCategories = Dictionary(
        uniqueKeysWithValues: ObjectCategory.table.map { ($0.number, $0.name) })

    /// The scene of that name.
    package func scene(named name: String) -> Scene? {
        scenes.first { $0.name == name }
    }

    /// The signed bytes of `bundle.cbor`.
    package func signed(by key: SigningKey) throws(SigningError) -> [UInt8] {
        try SignedMessage.sign(encoded(), by: key)
    }

    /// Reads a bundle without checking who signed it.
    ///
    /// Only for an issuer that looks at what it has published, in a folder that nobody else can write.
    ///
    /// - Throws: `bundle_unreadable`.
    package init(published bytes: ArraySlice<UInt8>) throws(BundleError) {
        do {
            try self.init(payload: SignedMessage(bytes, byteCountMax: Self.byteCountMax).payload)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .malformed("the published bundle cannot be read")
        }
    }

    /// Whether a published bundle's bytes are signed by this key, and by a key that the authority allows.
    package static func isPublished(
        _ bytes: ArraySlice<UInt8>, by key: VerificationKey?, under authority: BundleAuthority
    ) -> Bool {
        guard let message = try? SignedMessage(bytes, byteCountMax: byteCountMax),
            (try? signed(bytes, by: authority)) != nil
        else { return false }
        return key.map { message.isSigned(by: $0) } ?? true
    }

    /// Reads a bundle that `root` signed.
    ///
    /// - Throws: `bundle_unreadable` if the bytes are not a bundle, `bad_signature` if another key signed it.
    package init(_ bytes: ArraySlice<UInt8>, root: VerificationKey) throws(BundleError) {
        self = try Self.signed(bytes, by: .root(root)).bundle
    }

    /// Reads a bundle that one of an authority's keys signed.
    ///
    /// - Returns: the bundle, with the bundle key and its root document; nil for the latter where a root signed.
    /// - Throws: `bundle_unreadable` if the bytes are not a bundle, `bad_signature` if another key signed it, and
    ///   `bundle_expired` for a bundle that is dated after its key's end.
    package static func signed(
        _ bytes: ArraySlice<UInt8>, by authority: BundleAuthority
    ) throws(BundleError) -> (bundle: GateBundle, warrant: BundleWarrant?) {
        let message: SignedMessage
        do {
            message = try SignedMessage(bytes, byteCountMax: byteCountMax)
        } catch {
            throw .malformed("the bundle cannot be read: \(error.reason)")
        }
        let warrant = try authority.warrant(for: message)
        let bundle = try GateBundle(payload: message.payload)
        try warrant?.check(signing: bundle.version, at: bundle.issuedAt)
        return (bundle, warrant)
    }
}

extension GateBundle {
    /// The part of every verdict that names its bundle.
    func trust(at now: UInt64) -> Findings.Trust {
        Findings.Trust(
            bundleVersion: version, ageSeconds: now > issuedAt ? now - issuedAt : 0, isStale: now >= expiresAt)
    }
}
