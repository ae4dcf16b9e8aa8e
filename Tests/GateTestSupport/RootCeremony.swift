package import Gate
package import Signing

/// Root and bundle keys made for a test, and the documents that they sign.
package struct RootCeremony {
    package static let start: UInt64 = 1_790_000_000
    package static let end = start + 10 * 365 * 86_400

    package let first: SigningKey
    package let roots: [SigningKey]
    package let bundleKeys: [SigningKey]

    package init(_ algorithm: SignatureAlgorithm = .ed25519) throws {
        first = try .generate(algorithm)
        roots = try (0..<6).map { _ in try .generate(algorithm) }
        bundleKeys = try (0..<4).map { _ in try .generate(algorithm) }
    }

    /// A document that nobody has signed.
    package func document(
        _ version: UInt64, roots: [SigningKey], threshold: Int, bundleKeys: [SigningKey]? = nil,
        issuedAt: UInt64 = start, expiresAt: UInt64 = end
    ) throws -> SignedRootDocument {
        let keys = bundleKeys ?? [self.bundleKeys[0]]
        return SignedRootDocument(
            unsigned: try RootDocument(
                version: version, issuedAt: issuedAt, expiresAt: expiresAt, roots: roots.map(\.verificationKey),
                threshold: threshold,
                bundleKeys: keys.map { BundleKey(key: $0.verificationKey, expiresAt: issuedAt + 396 * 86_400) }))
    }

    /// Document 1 with two of three roots, and document 2 with two of three others, all confirmed.
    package func chain() throws -> [SignedRootDocument] {
        let one = try document(1, roots: Array(roots[..<3]), threshold: 2).signed(by: [first, roots[0], roots[2]])
        let two = try document(2, roots: Array(roots[3...]), threshold: 2, bundleKeys: Array(bundleKeys[..<2]))
            .signed(by: [roots[0], roots[1], roots[4], roots[5]])
        return [one, two]
    }

    package func check(_ documents: [SignedRootDocument]) throws(BundleError) {
        _ = try RootChain(RootChain.encoded(documents), root: first.verificationKey)
    }
}

extension SignedRootDocument {
    package func signed(by keys: [SigningKey]) throws -> SignedRootDocument {
        try keys.reduce(self) { try $0.signed(by: $1) }
    }
}
