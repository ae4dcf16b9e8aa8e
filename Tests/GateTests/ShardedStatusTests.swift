import Credential
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("A code's status, across the edge of a shard")
struct ShardedStatusTests {
    private static let edge = Int(StatusListReference.shardBitCount)
    private static let now: UInt64 = 1_790_000_000
    private static let list = StatusListReference(issuer: "SH", form: .object, day: nil)

    private let folder: ScratchFolder
    private let (root, issuer, statusKey): (SigningKey, SigningKey, SigningKey)

    init() throws {
        folder = try ScratchFolder()
        (root, issuer, statusKey) = try (.generate(.ed25519), .generate(.ed25519), .generate(.ed25519))
        unsafe mkdir(folder("status"), 0o700)
    }

    /// Writes a generation of the folder with a list for each shard, of so many bits and with these revoked.
    private func export(
        of list: StatusListReference = list, version: UInt64 = 1,
        _ shards: [(number: UInt64, bitCount: Int, revoked: [Int])]
    ) throws {
        var lists: [(StatusListReference, token: [UInt8])] = []
        for shard in shards {
            let reference = list.shard(shard.number)
            var bits = StatusList(bytes: [UInt8](repeating: 0, count: (shard.bitCount + 7) / 8))
            for bit in shard.revoked { bits[bit] = true }
            let token = StatusListToken(
                subject: reference.name, issuedAt: Self.now, expiresAt: nil, timeToLiveSeconds: nil, list: bits)
            lists.append((reference, try token.signed(by: statusKey)))
        }
        let uses: [(SigningKey, KeyUses)] = [(issuer, [.object, .person]), (statusKey, [.statuslist])]
        let records = uses.map { key, uses in
            IssuerRecord(
                issuer: "SH", key: key.verificationKey, uses: uses, notBefore: 0, expiresAt: .max, status: .active)
        }
        let bundle = GateBundle(
            version: version, issuedAt: Self.now, expiresAt: Self.now + 60, issuers: records,
            statusLists: lists.map(\.0), hosts: [])
        for file in try BundleExport(bundle, root: root, statusLists: lists, epochKeys: nil).files {
            try folder.write(file.bytes, to: file.path)
        }
    }

    /// What a gate says of an object's code with each of these indices.
    private func verdicts(_ indices: [Int]) throws -> [VerdictCode?] {
        try verdicts(
            indices.map { index in
                .object(
                    ObjectClaims(
                        kind: .object, id: [UInt8](1...8), category: 1, manager: try USCC("91350100M000100Y43"),
                        location: nil, statusIndex: UInt64(index)))
            }, scene: "object-inspection")
    }

    private func verdicts(_ bodies: [Claims.Body], scene name: String) throws -> [VerdictCode?] {
        let directory = try GateDirectory(path: folder.path)
        let scene = try #require(directory.bundle.scene(named: name))
        let gate = Verifier(directory: directory, scene: scene, replay: nil)
        return try bodies.map { body in
            let code = try CredentialIssuer(issuer: "SH", key: issuer)
                .issue(body, issuedAt: Self.now, expiresAt: name == "park" ? Self.now + 60 : nil)
            let text = try name == "park" ? code.text() : code.text(host: "qr.example.cn")
            return gate.settle(gate.assess([Array(text.utf8)], at: Self.now), at: Self.now).first?.code
        }
    }

    @Test("is its bit in its own shard, for the last of one and the first of the next", arguments: [-1, 0, 1])
    func ownShard(offset: Int) throws {
        let revoked = Self.edge + offset
        try export([
            (0, Self.edge, revoked < Self.edge ? [revoked] : []),
            (1, 64, revoked < Self.edge ? [] : [revoked - Self.edge]),
        ])
        let indices = [Self.edge - 1, Self.edge, Self.edge + 1]
        #expect(try verdicts(indices) == indices.map { $0 == revoked ? .refused(.revoked) : .ok })
        #expect(
            try verdicts([1, Self.edge + 64, 2 * Self.edge]) == [
                .ok, .refused(.statusUnknown), .refused(.statusUnknown),
            ])
    }

    @Test("is unknown where the bundle names the list, and not the shard that holds the bit")
    func missingShard() throws {
        try export([(0, Self.edge, [])])
        #expect(
            try verdicts([Self.edge - 1, Self.edge, Self.edge + 1]) == [
                .ok, .refused(.statusUnknown), .refused(.statusUnknown),
            ])
        try export(version: 2, [(1, 64, [])])
        #expect(try verdicts([Self.edge - 1, Self.edge]) == [.refused(.statusUnknown), .ok])
    }

    @Test("is its bit in the one long list of a bundle made before there were shards")
    func longList() throws {
        try export([(0, 2 * Self.edge, [Self.edge + 1, 2 * Self.edge - 1])])
        let indices = [Self.edge - 1, Self.edge, Self.edge + 1, 2 * Self.edge - 1, 2 * Self.edge]
        #expect(try verdicts(indices) == [.ok, .ok, .refused(.revoked), .refused(.revoked), .refused(.statusUnknown)])
    }

    @Test("is its own shard's word where a bundle names that beside a long list")
    func longListBesideShard() throws {
        try export([(0, 2 * Self.edge, [Self.edge]), (1, 64, [1])])
        #expect(try verdicts([Self.edge, Self.edge + 1]) == [.ok, .refused(.revoked)])
    }

    @Test("is revoked by either of a delegation's indices, each in its own shard")
    func delegation() throws {
        let day = StatusListReference(issuer: "SH", form: .person, day: Self.now / 86_400)
        try export(of: day, [(0, Self.edge, [7]), (1, 64, [3])])
        let indices = [(5, Self.edge + 3), (5, Self.edge + 4), (Self.edge + 3, 5), (7, Self.edge), (3, 5)]
        let bodies = try indices.map { own, actor in
            Claims.Body.person(
                PersonClaims(
                    cti: try SystemRandom().bytes(8), kind: .signed, statusIndex: UInt64(own),
                    binding: .deviceKey(issuer.verificationKey.raw), seals: [UInt8](repeating: 0, count: 32),
                    actor: Delegation(guardian: [UInt8](1...8), statusIndex: UInt64(actor), scope: 1)))
        }
        // Codes whose status is good are asked for their phone's presentation next.
        #expect(
            try verdicts(bodies, scene: "park")
                == [
                    .refused(.revoked), .refused(.presentationMissing), .refused(.revoked), .refused(.revoked),
                    .refused(.presentationMissing),
                ])
    }
}
