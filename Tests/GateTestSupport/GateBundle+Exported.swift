package import Gate
import Signing

extension GateBundle {
    /// The bundle of an exported folder's files, signed by a key that the folder's own root confirms.
    package init(exported files: [BundleExport.File]) throws {
        func bytes(_ name: String) throws -> [UInt8] {
            guard let file = files.first(where: { $0.path == name }) else { throw MissingExport(name: name) }
            return file.bytes
        }
        let root = try VerificationKey(pem: bytes(BundleExport.rootName))
        let chain = try RootChain(bytes(RootChain.name), root: root)
        self = try GateBundle.signed(bytes(BundleExport.bundleName)[...], by: .document(chain.newest)).bundle
    }
}

/// An export lacks a file.
struct MissingExport: Error {
    let name: String
}
