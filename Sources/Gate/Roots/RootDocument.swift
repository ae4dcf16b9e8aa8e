package import Signing

/// The roots, their threshold and the keys that sign bundles, from one version to the next.
///
/// A document names keys that another document's roots confirm; see ``RootChain``.
package struct RootDocument: Sendable, Equatable {
    package static let rootCountMax = 16
    package static let bundleKeyCountMax = 2
    /// Rises by exactly one from a document to the next; the first one has 1.
    package let version: UInt64
    package let issuedAt: UInt64
    /// From this second on, no gate follows a chain that ends with this document.
    package let expiresAt: UInt64
    /// In ascending order of their SPKI, so that no key counts twice.
    package let roots: [VerificationKey]
    /// How many of the roots must sign this document and the next one.
    package let threshold: Int
    /// In ascending order of their SPKI; none of them is a root.
    package let bundleKeys: [BundleKey]

    /// Sorts the keys, and checks the document's own rules.
    ///
    /// - Throws: `roots_invalid` for a count, threshold, time or key that no document may have.
    package init(
        version: UInt64, issuedAt: UInt64, expiresAt: UInt64, roots: [VerificationKey], threshold: Int,
        bundleKeys: [BundleKey]
    ) throws(BundleError) {
        self.version = version
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.roots = roots.sorted { $0.spki.lexicographicallyPrecedes($1.spki) }
        self.threshold = threshold
        self.bundleKeys = bundleKeys.sorted { $0.key.spki.lexicographicallyPrecedes($1.key.spki) }
        try check()
    }

    private func check() throws(BundleError) {
        func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(BundleError) {
            guard holds else { throw .rootsInvalid("root document \(version) \(reason())") }
        }
        try require(version > 0, "has no version above 0")
        try require(issuedAt < expiresAt, "ends at \(expiresAt), and was made at \(issuedAt)")
        try require(
            (1...Self.rootCountMax).contains(roots.count), "has \(roots.count) roots, not 1 to \(Self.rootCountMax)")
        try require(
            (1...roots.count).contains(threshold), "has the threshold \(threshold) with \(roots.count) roots")
        try require(
            (1...Self.bundleKeyCountMax).contains(bundleKeys.count),
            "has \(bundleKeys.count) bundle keys, not 1 to \(Self.bundleKeyCountMax)")
        let keys = (roots + bundleKeys.map { $0.key })
        try require(keys.allSatisfy { $0.algorithm.suite != nil }, "has a key that signs no bundle and no document")
        try require(!keys.hasRepetition, "names a key twice")
        try require(bundleKeys.allSatisfy { $0.expiresAt > issuedAt }, "has a bundle key that has ended already")
    }

    /// Whether the key is one of the roots or bundle keys.
    package func lists(_ key: VerificationKey) -> Bool {
        roots.contains(key) || bundleKeys.contains { $0.key == key }
    }
}

extension [VerificationKey] {
    /// Whether two of the keys are equal; compares each with those before it, since a document has few.
    var hasRepetition: Bool { indices.contains { self[..<$0].contains(self[$0]) } }
}

/// A key that signs bundles, with its end.
package struct BundleKey: Sendable, Equatable {
    package let key: VerificationKey
    /// The first second at which no bundle under the key is used.
    package let expiresAt: UInt64

    package init(key: VerificationKey, expiresAt: UInt64) {
        self.key = key
        self.expiresAt = expiresAt
    }
}
