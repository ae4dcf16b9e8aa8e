import Encoding
package import Signing

/// The changes by which the next root document is made from the newest one.
package struct RootChange: Sendable {
    /// The fewest hexadecimal digits that name a key: those of its key identifier.
    private static let digitCountMin = 2 * VerificationKey.keyIdentifierByteCount

    package var addedRoots: [VerificationKey] = []
    /// The first digits of SHA-256 over a root's SPKI, in hexadecimal.
    package var droppedRoots: [String] = []
    /// Nil for the threshold before, or 1 in document 1.
    package var threshold: Int?
    package var addedBundleKeys: [BundleKey] = []
    package var droppedBundleKeys: [String] = []

    package init() {}

    /// Makes the next document.
    ///
    /// - Parameters:
    ///   - former: the newest document; nil for document 1, whose only root is the first one unless others are added.
    ///   - root: the first root.
    ///   - issuedAt: seconds since 1970-01-01T00:00:00Z.
    ///   - expiresAt: the document's end.
    /// - Returns: the document, which nobody has signed yet.
    /// - Throws: `roots_invalid` for a name of no key, or a document that breaks a rule.
    package func document(
        after former: RootDocument?, root: VerificationKey, issuedAt: UInt64, expiresAt: UInt64
    ) throws(BundleError) -> RootDocument {
        var roots = former?.roots ?? (addedRoots.isEmpty ? [root] : [])
        var bundleKeys = former?.bundleKeys ?? []
        for name in droppedRoots { roots.remove(at: try Self.place(of: name, in: roots)) }
        for name in droppedBundleKeys {
            bundleKeys.remove(at: try Self.place(of: name, in: bundleKeys.map(\.key)))
        }
        do throws(BundleError) {
            return try RootDocument(
                version: (former?.version ?? 0) + 1, issuedAt: issuedAt, expiresAt: expiresAt,
                roots: roots + addedRoots, threshold: threshold ?? former?.threshold ?? 1,
                bundleKeys: bundleKeys + addedBundleKeys)
        } catch {
            throw BundleError(
                code: error.code, reason: error.reason,
                hint: "give other options; `suishen root show` prints the newest document")
        }
    }

    private static func place(of name: String, in keys: [VerificationKey]) throws(BundleError) -> Int {
        let places = keys.indices.filter { place in
            Hex.encode(RootSource.digest(of: keys[place])).hasPrefix(name.lowercased())
        }
        guard name.utf8.count >= digitCountMin, places.count == 1, let place = places.first else {
            throw BundleError(
                code: .rootsInvalid, reason: "\(places.count) keys of the newest document are named \(name)",
                hint: "give at least \(digitCountMin) digits of a `digest` in `suishen root show`")
        }
        return place
    }
}
