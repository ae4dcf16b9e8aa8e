package import Credential
package import Signing

/// A root document with its signatures, which are not verified yet: a COSE_Sign (RFC 9052 §4.1).
package struct SignedRootDocument: Sendable, Equatable {
    /// The most bytes of a document: 16 roots, 2 bundle keys, and the signatures of two such sets of roots.
    package static let byteCountMax = 16 << 10
    /// The most signatures: those of two disjoint sets of roots.
    package static let signatureCountMax = 2 * RootDocument.rootCountMax
    /// The type in the protected header.
    package static let type = "application/suishen-roots+cose"

    package let document: RootDocument
    package let message: MultiSignedMessage

    /// A document that nobody has signed yet.
    package init(unsigned document: RootDocument) {
        self.init(document, MultiSignedMessage(payload: document.encoded(), type: Self.type))
    }

    private init(_ document: RootDocument, _ message: MultiSignedMessage) {
        (self.document, self.message) = (document, message)
    }

    /// Takes a document apart.
    ///
    /// - Throws: `roots_invalid`.
    package init(_ bytes: ArraySlice<UInt8>) throws(BundleError) {
        do {
            message = try MultiSignedMessage(
                bytes, type: Self.type, byteCountMax: Self.byteCountMax, signatureCountMax: Self.signatureCountMax)
        } catch {
            throw .rootsInvalid("a root document cannot be read: \(error.reason)")
        }
        document = try RootDocument(payload: message.payload)
    }

    package func encoded() -> [UInt8] { message.encoded() }

    /// SHA-256 of what was signed.
    ///
    /// One more signature makes no other document of it, so that digests of the payload tell forks apart.
    package var digest: [UInt8] { DigestAlgorithm.sha256.digest(message.payload) }

    /// The document with one more signature.
    package func signed(by key: SigningKey) throws(SigningError) -> SignedRootDocument {
        SignedRootDocument(document, try message.signed(by: key))
    }

    /// The document with one signature for each key that made several.
    func withoutRepeatedSigners(_ candidates: [VerificationKey]) -> SignedRootDocument {
        var signers: [VerificationKey] = []
        let kept = message.signatures.filter { signature in
            guard let signer = candidates.first(where: { message.isMade(signature, by: $0) }) else { return true }
            guard !signers.contains(signer) else { return false }
            signers.append(signer)
            return true
        }
        return SignedRootDocument(
            document, MultiSignedMessage(payload: message.payload, type: Self.type).with(kept))
    }

    /// The document with the signatures of another copy; nil if the copy says something else.
    package func joined(with copy: SignedRootDocument) -> SignedRootDocument? {
        guard copy.message.payload == message.payload else { return nil }
        return SignedRootDocument(document, message.with(copy.message.signatures))
    }
}
