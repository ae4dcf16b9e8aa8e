import Credential
import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// The name of each status list shard, with its bit count and its revoked count.
    package static let statusLists = inquiry("status.lists") { service, _, _ in
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
    package static let statusList = inquiry("status.list", takes: ["list"]) { service, request, caller in
        let name = try request.string("list")
        let found = try service.database.read { database in
            try service.registry.statusShard(
                named: name, headroomCount: service.settings.statusHeadroomCount, in: database
            ).map { list, shard in
                (
                    try service.published(shard, of: list, in: database),
                    try Registry.activeKey(uses: KeyRole.status.uses, in: database)
                )
            }
        }
        guard let (shard, record) = found else {
            throw OperationError(
                code: .listUnknown, reason: "there is no status list of that name",
                hint: "use a name from GET /v1/status-lists")
        }
        let token = try service.statusToken(
            shard, issuedAt: caller.now, expiresAt: caller.now + service.settings.bundleLifetimeSeconds,
            key: service.signingKeys.key(.status, record))
        try await service.coverBeat(ofLists: [name], issuedAt: caller.now)
        return OperationAnswer(bytes: token, type: StatusListToken.contentType)
    }
}

/// A shard's current state, with room for codes that are issued later.
struct PublishedShard: Sendable {
    /// The shard's name.
    let name: String
    let shard: StatusShard
    /// The indices of the revoked bits, ascending; they take less memory than all bits of every shard.
    fileprivate let revoked: [UInt32]
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
