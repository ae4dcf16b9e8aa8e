import Credential
import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// The name of each status list shard, with its bit count and its revoked count.
    package static let statusLists = reading("status.lists") { service, _, _ in
        let lists = try service.database.read { [registry = service.registry] in try registry.statusLists(in: $0) }
        return OperationAnswer(json: [
            "lists": .array(
                lists.map { list in
                    [
                        "list": .string(list.name), "indices": .integer(Int64(list.indexCount)),
                        "revoked": .integer(Int64(list.revokedCount)),
                    ]
                })
        ])
    }

    /// One shard of a status list as a signed token with its current state.
    package static let statusList = reading("status.list", takes: ["list"]) { service, request, caller in
        let name = try request.string("list")
        let list = try await service.keptLists.list(
            name, at: try service.follow(), now: caller.now,
            lifetimeSeconds: service.settings.bundleLifetimeSeconds
        ) { try await service.builtList(name, at: caller.nowMilliseconds) }
        return OperationAnswer(bytes: list.token, type: StatusListToken.contentType, tag: list.tag)
    }
}

/// A shard's current state, with room for codes that are issued later.
struct PublishedShard: Sendable {
    /// The shard's name.
    let name: String
    let shard: StatusShard
    /// The indices of the revoked bits, ascending; they take less memory than all bits of every shard.
    let revoked: [UInt32]
}

extension IssuingService {
    /// Every shard of a list that a bundle must carry.
    func shards(of list: StatusListReference, in database: any RegistrySnapshot) throws -> [PublishedShard] {
        try registry.statusShards(
            of: list.listName, headroomCount: settings.statusHeadroomCount, in: database
        ).map { try published($0, of: list.listName, in: database) }
    }

    fileprivate func published(
        _ shard: StatusShard, of list: String, in database: any RegistrySnapshot
    ) throws -> PublishedShard {
        PublishedShard(
            name: StatusListReference.name(of: list, shard: shard.number), shard: shard,
            revoked: try registry.revokedBits(of: list, in: shard, database))
    }

    /// Builds and signs a shard with its current state.
    fileprivate func builtList(_ name: String, at nowMilliseconds: UInt64) async throws -> KeptStatusList {
        let time = try signingClock.time(at: nowMilliseconds)
        let found = try database.read { database in
            try registry.statusShard(
                named: name, headroomCount: settings.statusHeadroomCount, in: database
            ).map { list, shard in
                (
                    try published(shard, of: list, in: database),
                    try Registry.activeKey(uses: KeyRole.status.uses, in: database),
                    try database.position()?.commitCount ?? 0
                )
            }
        }
        guard let (shard, record, commitCount) = found else {
            throw OperationError(
                code: .listUnknown, reason: "there is no status list of that name",
                hint: "use a name from GET /v1/status-lists")
        }
        let token = try statusToken(
            shard, issuedAt: time.seconds, expiresAt: time.seconds + settings.bundleLifetimeSeconds,
            key: signingKeys.key(.status, record, at: time))
        try await coverBeat(ofLists: [name], issuedAt: time.seconds)
        return KeptStatusList(token: token, issuedAt: time.seconds, commitCount: commitCount)
    }

    func statusToken(
        _ published: PublishedShard, issuedAt: UInt64, expiresAt: UInt64, key: SigningKey
    ) throws(SigningError) -> [UInt8] {
        var list = StatusList(count: published.shard.bitCount)
        for bit in published.revoked { list[Int(bit)] = true }
        return try StatusListToken(
            subject: "https://\(settings.host.lowercased())/status/\(published.name)", issuedAt: issuedAt,
            expiresAt: expiresAt, timeToLiveSeconds: nil, list: list
        ).signed(by: key)
    }
}
