import Encoding
import Gate
import Glibc
import IssuerTestSupport
import Signing
import TestSupport
import Testing

@testable import Issuing

/// Registered gates of an installation whose tree tests publish.
struct KeyedGates {
    static let start = PublishingInstallation.start
    static let day: UInt64 = 86_400

    let run: PublishingInstallation
    private let folder: ScratchFolder

    init() throws {
        (run, folder) = try (PublishingInstallation(), ScratchFolder())
    }

    func caller(at time: UInt64 = start) -> IssuingService.Caller {
        .init(uid: 0, grants: .everything, nowMilliseconds: time * 1000)
    }

    /// Registers a new gate.
    func gate(_ name: String, _ domains: [String] = ["transit"]) async throws -> GateKeys {
        try #require(unsafe mkdir(folder(name), 0o700) == 0)
        let keys = try GateKeys(makingMissingIn: folder(name), suite: .ed25519)
        let request = try GateRequest(
            name: name, signingKey: keys.signing, receivingKey: keys.receiving.publicKey,
            rootDigest: RootSource.digest(of: run.service.keys.root), issuedAt: Self.start)
        _ = try await run.service.ask(
            .registerGate,
            [
                "request": request.json, "scenes": ["metro-gate"], "domains": .array(domains.map { .string($0) }),
                "site": "hall",
            ])
        return keys
    }

    func change(_ operation: IssuerOperation, _ keys: GateKeys) async throws {
        _ = try await run.service.ask(operation, ["gate": .string(keys.gate.text)])
    }

    func publish(at time: UInt64 = start) async throws -> KeysPublication {
        try await run.service.publishKeys(to: run.tree, by: caller(at: time))
    }

    func path(_ keys: GateKeys) -> String { "\(run.tree)/\(SealedEpochKeys.path(of: keys.gate))" }

    func bytes(_ keys: GateKeys) throws -> [UInt8] { try ProjectFiles.bytes(path(keys)) }

    /// The names of the tree's files of sealed keys, sorted.
    func names() throws -> [String] {
        ProjectFiles.exists("\(run.tree)/keys") ? try run.names(in: "\(run.tree)/keys").sorted() : []
    }

    /// A gate's published file, which the newest root document's key must have signed.
    func sealed(_ keys: GateKeys) throws -> SealedEpochKeys {
        let roots = try InstallationRoots(run.installation.state)
        return try SealedEpochKeys(bytes(keys), signedBy: BundleAuthority(roots.chain, root: roots.root))
    }
}
