import Encoding
package import Signing

/// The next root document on its way through a ceremony, with the chain that it is to continue.
///
/// It is one file, so that each holder of a root sees on a machine without network what they sign: a deterministic CBOR
/// array of the first root's SPKI, the chain so far, and the document with the signatures that it has.
package struct RootProposal: Sendable, Equatable {
    package static let byteCountMax = RootChain.byteCountMax + SignedRootDocument.byteCountMax + 4096
    private static let depthMax = 8

    /// The first root.
    package let root: VerificationKey
    /// The chain so far; nil for document 1.
    package let chain: RootChain?
    package let next: SignedRootDocument

    /// Proposes a document that nobody has signed yet.
    ///
    /// - Throws: `roots_invalid` if it cannot follow the chain.
    package init(_ document: RootDocument, after chain: RootChain?, root: VerificationKey) throws(BundleError) {
        try self.init(root, chain, SignedRootDocument(unsigned: document))
    }

    private init(
        _ root: VerificationKey, _ chain: RootChain?, _ next: SignedRootDocument
    ) throws(BundleError) {
        (self.root, self.chain, self.next) = (root, chain, next)
        guard chain?.documents.count ?? 0 < RootChain.documentCountMax else {
            throw .rootsInvalid("the chain has \(RootChain.documentCountMax) documents, and may have no more")
        }
        try confirmation.checkOrder()
    }

    /// Reads the bytes of ``encoded()``.
    ///
    /// - Throws: `roots_invalid`, or `root_threshold_missing` for the chain so far.
    package init(_ bytes: [UInt8]) throws(BundleError) {
        let (spki, documents, next): (ArraySlice<UInt8>, ArraySlice<UInt8>, ArraySlice<UInt8>)
        do throws(CBORError) {
            var reader = try CBORReader(bytes, byteCountMax: Self.byteCountMax, depthMax: Self.depthMax)
            guard try reader.readArrayHeader() == 3 else {
                throw CBORError(code: .unexpectedType, reason: "an array that does not have 3 items")
            }
            spki = try reader.readByteString()
            documents = try reader.readEncodedItem()
            next = try reader.readEncodedItem()
            try reader.finish()
        } catch {
            throw .rootsInvalid("the proposed root document cannot be read: \(error.reason)")
        }
        guard let root = try? VerificationKey(spki: Array(spki)), root.spki.elementsEqual(spki) else {
            throw .rootsInvalid("the proposed root document names no first root")
        }
        let chain = try RootChain.documents(in: Array(documents))
        try self.init(
            root, chain.isEmpty ? nil : RootChain(chain, root: root), SignedRootDocument(next))
    }

    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.byteString(root.spki)
        writer.encoded(RootChain.encoded(chain?.documents ?? []))
        writer.encoded(next.encoded())
        return writer.bytes
    }

    /// Who has signed, and who is missing.
    package var confirmation: RootConfirmation {
        RootConfirmation(of: next, after: chain?.newest, root: root)
    }

    /// The proposal with one more signature.
    ///
    /// A key that has signed already changes nothing.
    ///
    /// - Throws: `roots_invalid` for a key that is none of the roots before and none of the document's own, and the
    ///   error of signing.
    package func signed(by key: SigningKey) throws -> RootProposal {
        let sides = [confirmation.former, confirmation.own]
        guard sides.contains(where: { $0.roots.contains(key.verificationKey) }) else {
            throw BundleError(
                code: .rootsInvalid,
                reason: "the key is neither a root before root document \(next.document.version) nor one in it",
                hint: "sign with the private key of a root that `suishen root show` lists")
        }
        guard !sides.contains(where: { $0.signers.contains(key.verificationKey) }) else { return self }
        return try RootProposal(root, chain, next.signed(by: key))
    }

    /// The proposal with the signatures of another copy.
    ///
    /// - Throws: `roots_invalid` for a copy that says something else, or continues another chain.
    package func joined(with copy: RootProposal) throws(BundleError) -> RootProposal {
        guard copy.root == root, copy.chain?.digests == chain?.digests, let next = next.joined(with: copy.next) else {
            throw BundleError(
                code: .rootsInvalid, reason: "the files are no copies of one root document",
                hint: "compare them with `suishen root show`, and join copies of one file of `suishen root new`")
        }
        // A root may have signed two copies, with two signatures where its algorithm is a random one.
        return try RootProposal(root, chain, next.withoutRepeatedSigners(confirmation.candidates))
    }

    /// The chain with the document, once enough roots have signed.
    ///
    /// - Throws: `root_threshold_missing`.
    package func completed() throws(BundleError) -> RootChain {
        try RootChain((chain?.documents ?? []) + [next], root: root)
    }
}
