import Credential
import Gate
import Signing
import Storage

/// What the registry says that gates should know, read in one transaction.
struct RegistryView: Sendable {
    let issuers: [IssuerRecord]
    let statusKey: IssuerKeyRecord?
    let shards: [(reference: StatusListReference, published: PublishedShard)]
    let bundleVersion: UInt64

    /// The lists by name.
    var byName: [String: PublishedShard] {
        Dictionary(shards.map { ($0.reference.name, $0.published) }) { first, _ in first }
    }

    /// Refuses a tree that says more than the registry: the registry, or the clock, is then an old one.
    ///
    /// Gates have seen what is in the tree, and would refuse everything older.
    ///
    /// Throws `tree_newer`.
    func check(_ tree: TreeContent, at now: UInt64) throws(OperationError) {
        if let bundle = tree.bundle, bundle.version > bundleVersion {
            throw Self.newer("bundle \(bundle.version), and the registry's newest is \(bundleVersion)")
        }
        let times = tree.lists.values.map(\.issuedAt) + [tree.hot?.token.issuedAt].compactMap(\.self)
        if let time = times.max(), time > now {
            throw Self.newer("a list of \(time), and by this machine's clock it is \(now)")
        }
        let shards = byName
        var published = tree.lists.mapValues(\.revoked)
        for list in tree.hot?.token.revoked ?? [] { published[list.list, default: []] += list.bits }
        for (name, bits) in published {
            guard let shard = shards[name] else { continue }
            guard Set(bits).isSubset(of: shard.revoked) else {
                throw Self.newer("revocations in the list \(name) that the registry does not have")
            }
        }
    }

    private static func newer(_ found: String) -> OperationError {
        OperationError(
            code: .treeNewer, reason: "the published tree has \(found)",
            hint:
                "if the registry is a restored copy, run `suishen recover`; else set the clock, or name another folder")
    }
}

extension IssuingService {
    /// Reads everything that is published, for a bundle that is made now.
    func registryView(at now: UInt64) throws -> RegistryView {
        let lists = statusLists(at: now, lifetime: settings.bundleLifetimeSeconds)
        return try database.read { [self] database in
            RegistryView(
                issuers: try registry.keys(in: database).map(Self.trusted),
                statusKey: try Registry.activeKey(uses: KeyRole.status.uses, in: database),
                shards: try lists.flatMap { list in
                    try shards(of: list, in: database).map { (list.shard($0.shard.number), $0) }
                }, bundleVersion: try Registry.value(of: Registry.bundleCounter, in: database))
        }
    }
}
