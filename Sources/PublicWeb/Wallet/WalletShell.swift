import Encoding
import Signing

/// The files that a phone keeps to open the wallet without a network, under one version.
struct WalletShell: Sendable {
    static let name = "随申码钱包"
    static let shortName = "随申码"
    static let themeColor = "#0b5c8a"
    static let folder = "w"
    static let manifestPath = [folder, "manifest.webmanifest"]
    static let iconNames = ["wallet-icon-192.png", "wallet-icon-512.png"]
    private static let workerName = "wallet-worker.js"
    /// Scripts that the wallet shares with the pages of codes.
    private static let sharedNames = [
        "bytes.js", "choices.js", "dom.js", "exchange.js", "fetching.js", "icon.js", "outside.js", "point.js",
        "reader.js", "trust.js", "undone.js",
    ]

    /// Of everything in the shell: another file, another version.
    let version: String
    let page: [UInt8]
    let worker: [UInt8]
    let manifest: JSONValue

    /// Nil where the program has no wallet's module.
    init?(_ assets: Assets) {
        guard let draft = WalletPage(assets: assets, version: "").bytes,
            let source = assets.file(named: Self.workerName)
        else { return nil }
        manifest = Self.manifest(assets)
        let content = draft + Array(manifest.encoded().utf8) + source.bytes
        version = Hex.encode(DigestAlgorithm.sha256.digest(content).prefix(8))
        page = WalletPage(assets: assets, version: version).bytes ?? []
        let list: JSONValue = [
            "version": .string(version),
            "paths": .array(Self.paths(assets).map(JSONValue.string)),
        ]
        worker = Array("const shell = \(list.encoded());\n".utf8) + source.bytes
    }

    /// The scripts of the wallet's page.
    static func scriptNames(in assets: Assets) -> [String] {
        assets.files.map(\.name).filter { name in
            name.hasSuffix(".js") && name != workerName && (name.hasPrefix("wallet") || sharedNames.contains(name))
        }.sorted()
    }

    private static func paths(_ assets: Assets) -> [String] {
        let names =
            scriptNames(in: assets) + [Assets.styleName, Assets.walletStyleName, Assets.walletModuleName] + iconNames
        let files = names.compactMap { assets.file(named: $0) }.map { "/\(Assets.folder)/\($0.path)" }
        return ["/\(folder)/", "/" + manifestPath.joined(separator: "/")] + files
    }

    private static func manifest(_ assets: Assets) -> JSONValue {
        let icons = iconNames.compactMap { name -> JSONValue? in
            guard let file = assets.file(named: name) else { return nil }
            let size = name.filter(\.isNumber)
            return [
                "src": .string("/\(Assets.folder)/\(file.path)"), "sizes": .string("\(size)x\(size)"),
                "type": "image/png", "purpose": "any maskable",
            ]
        }
        return [
            "name": .string(name), "short_name": .string(shortName), "lang": .string(PageLanguage.chinese.rawValue),
            "id": .string("/\(folder)/"), "start_url": .string("/\(folder)/"), "scope": .string("/\(folder)/"),
            "display": "standalone", "orientation": "portrait", "background_color": "#ffffff",
            "theme_color": .string(themeColor), "icons": .array(icons),
        ]
    }
}
