import Encoding
import NIOCore
import Signing

/// The style sheet, the scripts and the module that pages load, each at a path that is its own digest.
///
/// The files of the folder `Assets` lie inside the program. A script names another one as `"./NAME.js"`; here the name
/// becomes the other's digest, so that a script's digest covers everything that it loads.
package struct Assets: Sendable {
    /// One file as it is served.
    struct File: Sendable {
        let name: String
        /// The file's name under `/a/`: its SHA-256 in hex and its suffix.
        let path: String
        let type: String
        let bytes: [UInt8]
    }

    /// The script that a code's page starts, if there is one.
    static let entryName = "page.js"
    static let styleName = "style.css"
    static let moduleName = "reader.wasm"
    static let walletEntryName = "wallet-start.js"
    static let walletStyleName = "wallet.css"
    static let walletModuleName = "wallet.wasm"
    static let scannerModuleName = "scanner.wasm"
    /// The worker's script that loads the scanner's module and reads codes beside a page.
    static let scannerWorkerName = "scanner-worker.js"
    static let folder = "a"

    let files: [File]

    /// Digests the program's own files.
    ///
    /// - Parameters:
    ///   - module: the module of WebAssembly with which pages check themselves; nil for none.
    ///   - walletModule: the wallet's module; nil for no wallet.
    ///   - scannerModule: the module that reads codes from pictures; nil for none.
    /// - Throws: `asset_invalid` for a script that names a missing file, or files that name one another in a circle.
    package init(
        module: [UInt8]?, walletModule: [UInt8]? = nil, scannerModule: [UInt8]? = nil
    ) throws(WebError) {
        var sources = Self.embedded
        if let module { sources.append((Self.moduleName, module)) }
        if let walletModule { sources.append((Self.walletModuleName, walletModule)) }
        if let scannerModule { sources.append((Self.scannerModuleName, scannerModule)) }
        try self.init(sources: sources)
    }

    init(sources: [(name: String, bytes: [UInt8])]) throws(WebError) {
        var waiting = sources
        var done: [File] = []
        while !waiting.isEmpty {
            let names = Set(waiting.map(\.name))
            let ready = waiting.filter { Self.names(in: $0.bytes, of: $0.name).isDisjoint(with: names) }
            guard !ready.isEmpty else {
                throw Self.invalid("\(names.sorted().joined(separator: ", ")) name one another in a circle")
            }
            for source in ready { done.append(try Self.file(source, beside: done)) }
            waiting.removeAll { source in ready.contains { $0.name == source.name } }
        }
        files = done
    }

    /// The file of a name; nil where the program has none.
    func file(named name: String) -> File? { files.first { $0.name == name } }

    private static func file(
        _ source: (name: String, bytes: [UInt8]), beside others: [File]
    ) throws(WebError) -> File {
        var bytes = source.bytes
        if source.name.hasSuffix(".js") {
            var text = String(decoding: bytes, as: UTF8.self)
            for name in names(in: bytes, of: source.name) {
                guard let other = others.first(where: { $0.name == name }) else {
                    throw invalid("\(source.name) names \(name), which is not there")
                }
                text = text.replacing("\"./\(name)\"", with: "\"./\(other.path)\"")
            }
            bytes = Array(text.utf8)
        }
        let suffix = source.name.split(separator: ".").last.map(String.init) ?? ""
        guard let type = types[suffix] else { throw invalid("\(source.name) has an unknown suffix") }
        let path = "\(Hex.encode(DigestAlgorithm.sha256.digest(bytes))).\(suffix)"
        return File(name: source.name, path: path, type: type, bytes: bytes)
    }

    /// The other files that a script names.
    private static func names(in bytes: [UInt8], of name: String) -> Set<String> {
        guard name.hasSuffix(".js") else { return [] }
        var names: Set<String> = []
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: "\"./", omittingEmptySubsequences: false)
        for part in parts.dropFirst() {
            let name = String(part.prefix { $0 != "\"" })
            if types.keys.contains(where: { name.hasSuffix(".\($0)") }) { names.insert(name) }
        }
        return names
    }

    private static let types = [
        "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "wasm": "application/wasm",
        "png": "image/png",
    ]

    private static func invalid(_ reason: String) -> WebError {
        WebError(.assetInvalid, reason, hint: "correct the files of PublicWeb's folder Assets")
    }
}
