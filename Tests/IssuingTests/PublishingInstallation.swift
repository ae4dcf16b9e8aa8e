import Credential
import Encoding
import Gate
import Glibc
import IssuerTestSupport
import Signing
import Storage
import TestSupport
import Testing

@testable import Issuing

/// An installation whose tree tests publish, and what they find in it.
struct PublishingInstallation {
    static let start: UInt64 = 1_800_000_000
    static let scene = "object-inspection"
    let installation: Installation
    let service: IssuingService
    let tree: String

    init() throws {
        installation = try Installation()
        service = try installation.open()
        tree = installation.folder("tree")
    }

    func publish(at time: UInt64 = start, to path: String? = nil) async throws(OperationError) -> Publication {
        try await service.publish(
            to: path ?? tree, by: .init(uid: 0, grants: .everything, nowMilliseconds: time * 1000))
    }

    func object() async throws -> (subject: String, text: String) {
        let subject = try await service.ask(
            .registerObject, ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"])["subject"]
        let code = try await service.ask(.issue, ["subject": try #require(subject)])
        return (try #require(subject?.string), try #require(code["text"]?.string))
    }

    func revoke(_ subject: String, at time: UInt64 = start) async throws {
        _ = try await service.ask(.revoke, ["target": .string(subject)], at: time)
    }

    /// The verdict of a gate that reads a folder for the first time.
    func verdict(_ text: String, in folder: String? = nil, at time: UInt64 = start) throws -> String {
        let state = try ScratchFolder()
        let gate = try GateDirectory(path: folder ?? tree, state: state("gate"))
        let scene = try #require(gate.bundle.scene(named: Self.scene))
        let verifier = Verifier(directory: gate, scene: scene, replay: nil)
        let verdict = try #require(
            verifier.settle(verifier.assess([Array(text.utf8)], at: time), at: time).first)
        return verdict.findings.warnings.contains("update_refused") ? "update_refused" : verdict.code.rawValue
    }

    /// Every file by its path.
    func files(_ folder: String? = nil) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for folder in [folder ?? tree, "\(folder ?? tree)/status"] {
            for name in try names(in: folder) where name != "status" {
                let path = folder.hasSuffix("/status") ? "status/\(name)" : name
                files[path] = try ProjectFiles.bytes("\(folder)/\(name)")
            }
        }
        return files
    }

    func names(in folder: String) throws -> [String] {
        let listing = unsafe try #require(opendir(folder))
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(unsafe stat("\(tree)/\(path)", &status) == 0)
        return status
    }

    func hotList() throws -> HotListToken {
        try HotListToken(ProjectFiles.bytes("\(tree)/status/hot")[...]) { _ in true }
    }

    func list(_ name: String) throws -> StatusListToken {
        try StatusListToken(ProjectFiles.bytes("\(tree)/status/\(name).cwt")[...]) { _ in true }
    }
}
