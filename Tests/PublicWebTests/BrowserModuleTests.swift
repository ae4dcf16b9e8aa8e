import TestSupport
import Testing

/// tools/build-wasm compiles the module; these hold the list of its sources to what a browser may share.
@Suite("The module of WebAssembly")
struct BrowserModuleTests {
    /// The files that the tool names, as paths in the project.
    private static func sources() throws -> [String] {
        let tool = String(decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/build-wasm"), as: UTF8.self)
        let claims = tool.firstMatch(of: /claims=\(([^)]*)\)/)?.1.split { $0 == " " || $0 == "\n" } ?? []
        var paths = claims.map { "\(ProjectFiles.root)/Sources/Credential/\($0).swift" }
        for list in tool.replacing("\\\n", with: " ").split(separator: "$(files ").dropFirst() {
            let words = list.prefix { $0 != ")" }.split { $0 == " " || $0 == "\n" }
            guard let folder = words.first, !folder.contains("\"") else { continue }
            let names = words.dropFirst().filter { !$0.contains("\"") }
            paths += names.map { "\(ProjectFiles.root)/Sources/\(folder)/\($0).swift" }
        }
        let reading = ["QRReading/Picture", "QRReading/Decode", "QRReading/Scan"]
        for folder in ["Encoding", "QREncoding", "QRStandard"] + reading {
            try #require(tool.contains("\"$sources\"/\(folder)/*.swift"))
            paths += try ProjectFiles.swiftFiles(under: "Sources/\(folder)")
        }
        return paths
    }

    @Test("is made of files that import neither Foundation nor a C library")
    func sharedFiles() throws {
        let paths = try Self.sources()
        #expect(paths.count > 50)
        let modules: Set = [
            "Compression", "Credential", "Encoding", "Platform", "QRReading", "QRStandard", "Signing",
            "Synchronization",
        ]
        for path in paths {
            let text = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
            for line in text.split(separator: "\n") {
                guard let found = line.wholeMatch(of: /(?:package |internal )?import (\w+)/) else { continue }
                #expect(modules.contains(String(found.1)), "\(path): \(line)")
            }
        }
    }

    @Test("has no import but the scanner's clock, so that it reaches nothing of the page by itself")
    func ownFolders() throws {
        for path in try ProjectFiles.swiftFiles(under: "Sources/PublicWeb/Wasm")
        where !path.hasSuffix("/Scanner/PageClock.swift") {
            let text = String(decoding: try ProjectFiles.bytes(path), as: UTF8.self)
            #expect(!text.contains("@_extern"), "\(path)")
        }
        let tool = String(decoding: try ProjectFiles.bytes("\(ProjectFiles.root)/tools/build-wasm"), as: UTF8.self)
        #expect(!tool.contains("--allow-undefined"))
    }
}
