import Encoding
package import Signing

/// Every root document of an issuer, each confirmed by the roots before it and by its own: the file `roots.cbor`.
///
/// The chain leads from the first root, which a gate pins, to the keys that sign bundles now.
package struct RootChain: Sendable, Equatable {
    /// The file's name in the bundle's folder.
    package static let name = "roots.cbor"
    package static let documentCountMax = 128
    package static let byteCountMax = 1 << 20

    /// The first root; its signature confirms document 1.
    package let root: VerificationKey
    /// At least one; the version of each is its place counted from 1.
    package let documents: [SignedRootDocument]
    /// The last document, which alone is in force.
    package let newest: RootDocument

    /// Takes a chain that leads from the first root.
    ///
    /// - Throws: `roots_invalid` for bytes that are no chain, a gap in the versions, or a signature of another key;
    ///   `root_threshold_missing` where too few roots have signed.
    package init(_ bytes: [UInt8], root: VerificationKey) throws(BundleError) {
        try self.init(Self.documents(in: bytes), root: root)
    }

    /// Takes documents that lead from the first root.
    ///
    /// - Throws: as ``init(_:root:)``.
    package init(_ documents: [SignedRootDocument], root: VerificationKey) throws(BundleError) {
        guard let last = documents.last else { throw .rootsInvalid("\(Self.name) has no document") }
        guard documents.count <= Self.documentCountMax else {
            throw .rootsInvalid("\(documents.count) root documents, at most \(Self.documentCountMax) are allowed")
        }
        var former: RootDocument?
        for document in documents {
            try RootConfirmation(of: document, after: former, root: root).check()
            former = document.document
        }
        (self.root, self.documents, newest) = (root, documents, last.document)
    }

    /// Takes a file apart; nothing is verified.
    ///
    /// - Throws: `roots_invalid`.
    package static func documents(in bytes: [UInt8]) throws(BundleError) -> [SignedRootDocument] {
        let items: [ArraySlice<UInt8>]
        do throws(CBORError) {
            var reader = try CBORReader(bytes, byteCountMax: byteCountMax)
            let count = try reader.readArrayHeader()
            guard count <= documentCountMax else {
                throw CBORError(
                    code: .tooLong, reason: "\(count) documents, at most \(documentCountMax) are allowed")
            }
            var slices: [ArraySlice<UInt8>] = []
            for _ in 0..<count { slices.append(try reader.readEncodedItem()) }
            try reader.finish()
            items = slices
        } catch {
            throw .rootsInvalid("\(name) cannot be read: \(error.reason)")
        }
        var documents: [SignedRootDocument] = []
        for item in items { documents.append(try SignedRootDocument(item)) }
        return documents
    }

    /// The file's bytes.
    package func encoded() -> [UInt8] { Self.encoded(documents) }

    package static func encoded(_ documents: [SignedRootDocument]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: documents.count)
        for document in documents { writer.encoded(document.encoded()) }
        return writer.bytes
    }

    /// The digests of the documents, in their order.
    var digests: [[UInt8]] { documents.map { $0.digest } }

    /// Whether another chain has the documents of this one, and perhaps later ones.
    package func isContinued(by other: RootChain) -> Bool {
        root == other.root && other.digests.starts(with: digests)
    }
}
