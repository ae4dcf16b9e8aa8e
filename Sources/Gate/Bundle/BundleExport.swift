package import Credential
package import Signing

/// The files of a gate bundle's folder, ready to be written or sent.
package struct BundleExport: Sendable, Equatable {
    /// One file: its path inside the folder, its bytes, and the permission bits it needs.
    package struct File: Sendable, Equatable {
        package let path: String
        package let bytes: [UInt8]
        package let mode: UInt32

        package init(path: String, bytes: [UInt8], mode: UInt32) {
            self.path = path
            self.bytes = bytes
            self.mode = mode
        }
    }

    package static let bundleName = "bundle.cbor"
    package static let rootName = "root.pem"
    package static let statusFolder = "status"
    /// Where the hot list lies in the folder, if there is one.
    package static let hotListPath = "\(statusFolder)/\(HotListToken.name)"

    /// `bundle.cbor` is last, so that a gate never sees a new bundle before the files that it names.
    package let files: [File]

    /// Takes the files of a bundle that was signed and laid out elsewhere.
    package init(files: [File]) {
        self.files = files
    }

    /// Signs a bundle with the root itself and lays out a folder without root documents.
    package init(
        _ bundle: GateBundle, root: SigningKey, statusLists: [(StatusListReference, token: [UInt8])],
        epochKeys: EpochKeyFile?
    ) throws(SigningError) {
        try self.init(
            bundle, signer: root, root: root.verificationKey, roots: nil, statusLists: statusLists,
            epochKeys: epochKeys)
    }

    /// Signs a bundle and lays out its folder.
    ///
    /// - Parameters:
    ///   - bundle: names every list of `statusLists`.
    ///   - signer: a bundle key of the newest root document, or the root where there is none.
    ///   - root: the first root, which gates pin; it becomes `root.pem`.
    ///   - roots: the chain of root documents, which becomes `roots.cbor`.
    ///   - statusLists: the signed tokens (``StatusListToken/signed(by:)``).
    ///   - epochKeys: the keys of the gate's own domains, if any.
    /// - Throws: the error of signing.
    package init(
        _ bundle: GateBundle, signer: SigningKey, root: VerificationKey, roots: RootChain?,
        statusLists: [(StatusListReference, token: [UInt8])], epochKeys: EpochKeyFile?
    ) throws(SigningError) {
        var files = [File(path: Self.rootName, bytes: root.pem(), mode: 0o644)]
        if let roots { files.append(File(path: RootChain.name, bytes: roots.encoded(), mode: 0o644)) }
        for (reference, token) in statusLists {
            files.append(File(path: Self.path(of: reference), bytes: token, mode: 0o644))
        }
        if let epochKeys { files.append(File(path: EpochKeyFile.name, bytes: epochKeys.encoded(), mode: 0o400)) }
        files.append(File(path: Self.bundleName, bytes: try bundle.signed(by: signer), mode: 0o644))
        self.files = files
    }

    /// The names of the status lists in the folder.
    package var statusListNames: [String] { files.compactMap { Self.listName(of: $0.path) } }

    /// The name of the status list whose token lies at a path of the folder; nil for another file.
    package static func listName(of path: String) -> String? {
        guard path.hasPrefix(statusFolder + "/"), path.hasSuffix(listSuffix) else { return nil }
        return String(path.dropFirst(statusFolder.count + 1).dropLast(listSuffix.count))
    }

    private static let listSuffix = ".cwt"

    /// Where a list's token lies in the folder.
    package static func path(of reference: StatusListReference) -> String {
        "\(statusFolder)/\(reference.name)\(listSuffix)"
    }
}
