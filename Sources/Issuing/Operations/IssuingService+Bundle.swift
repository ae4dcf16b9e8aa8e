package import Credential
import Encoding
import ForeignCodes
package import Gate
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// The files of a gate bundle's folder, in base64.
    package static let exportBundle = inquiry("bundle.export", takes: ["domains", "lifetime"]) {
        service, request, caller in
        OperationAnswer(json: try await service.bundle(.init(request), for: caller).json)
    }.confirmed(.exportDomainKeys) { service, request, _ in
        let order = try IssuingService.BundleOrder(request)
        // Not a conditional expression: its nil would be a null of JSON.
        guard !order.domains.isEmpty else { return nil }
        return order.json
    }
}

extension IssuingService {
    /// The contents that a gate's bundle shall have.
    package struct BundleOrder: Sendable {
        /// The domains whose seals this gate may open.
        package let domains: [SealDomain]
        /// The time for which the bundle is fresh; nil for the settings' value.
        package let lifetimeSeconds: UInt64?
        /// The least `iat` of lists by name, where it is not the bundle's own `iat`: of lists that stay published.
        let listTimes: [String: UInt64]

        package init(domains: [SealDomain], lifetimeSeconds: UInt64?) {
            self.init(domains: domains, lifetimeSeconds: lifetimeSeconds, listTimes: [:])
        }

        init(domains: [SealDomain], lifetimeSeconds: UInt64?, listTimes: [String: UInt64]) {
            self.domains = domains
            self.lifetimeSeconds = lifetimeSeconds
            self.listTimes = listTimes
        }
    }

    /// Makes the next gate bundle: trust list, status lists, and the day keys of the gate's own domains.
    ///
    /// - Parameters:
    ///   - order: the contents that the bundle shall have.
    ///   - caller: the user who asks, for the audit trail.
    /// - Returns: the files of the bundle's folder.
    /// - Throws: `lifetime_too_long`, or an error of the registry or a key.
    package func bundle(_ order: BundleOrder, for caller: Caller) async throws(OperationError) -> BundleExport {
        let lifetime = order.lifetimeSeconds ?? settings.bundleLifetimeSeconds
        guard (60...Settings.bundleLifetimeSecondsMax).contains(lifetime) else {
            throw OperationError(
                code: .lifetimeTooLong,
                reason: "a bundle's lifetime is 60 to \(Settings.bundleLifetimeSecondsMax) seconds",
                hint: "give a lifetime in this range, and export again before it ends")
        }
        let time = try signingClock.time(at: caller.nowMilliseconds)
        let lists = statusLists(at: time.seconds, lifetime: lifetime)
        do {
            return try await exports.run { [self] in
                let network =
                    order.domains.contains(.transit) ? try TransitNetwork(contentsOf: state.transitNetwork) : nil
                let version = try await database.write { [registry, acts] database in
                    if let network { try TransitNetworkVersion.take(network, registry, in: database) }
                    let version = try registry.nextBundleVersion(at: caller.now, in: database)
                    try registry.audit(
                        by: caller.identity, action: "bundle.export", subject: "bundle",
                        detail: [
                            "domains": .array(order.domains.map { .string($0.rawValue) }),
                            "lifetimeSeconds": .integer(Int64(clamping: lifetime)),
                            "version": .integer(Int64(clamping: version)),
                        ], at: caller.now, in: database)
                    if !order.domains.isEmpty {
                        let domains = order.domains.map(\.rawValue).joined(separator: " ")
                        try acts.append(
                            .bundleExport, [domains, String(version)], atMilliseconds: caller.nowMilliseconds,
                            in: database)
                    }
                    return version
                }
                let contents = try contents(version: version, order: order, lists: lists, network: network)
                let export = try signed(
                    contents, order: order, at: time, expiresAt: time.seconds + lifetime)
                try await coverBeat(
                    of: export, version: version, issuedAt: time.seconds, besides: Set(order.listTimes.keys))
                return export
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Reads without holding up writers; the bundle contains every change that was on disk when its version was taken.
    private func contents(
        version: UInt64, order: BundleOrder, lists: [StatusListReference], network: TransitNetwork?
    ) throws -> BundleContents {
        try database.read { [self] database in
            BundleContents(
                version: version,
                keys: try registry.keys(in: database),
                statusKey: try Registry.activeKey(uses: KeyRole.status.uses, in: database),
                links: order.domains.count == SealDomain.allCases.count
                    ? try registry.linkedIdentifiers(countMax: BlindedLinkTable.countMax, in: database) : nil,
                shards: try lists.flatMap { list in
                    try shards(of: list, in: database).map { (list.shard($0.shard.number), $0) }
                }, network: network)
        }
    }

    private func signed(
        _ contents: BundleContents, order: BundleOrder, at time: SigningTime, expiresAt: UInt64
    ) throws -> BundleExport {
        let issuedAt = time.seconds
        let bundle = GateBundle(
            version: contents.version, issuedAt: issuedAt, expiresAt: expiresAt,
            issuers: try contents.keys.map(Self.trusted), statusLists: contents.shards.map(\.0),
            statusListTimes: Dictionary(
                contents.shards.map { ($0.0, min(issuedAt, order.listTimes[$0.0.name] ?? issuedAt)) }
            ) { first, _ in first },
            domains: order.domains, hosts: [settings.host.lowercased()],
            links: try contents.links.map { try BlindedLinkTable(pairs: $0, random: random) },
            transit: contents.network, settlementKey: try SettlementKey.read(in: keyFolder)?.publicKey)
        // A scene may use an expired bundle for a grace time, so the lists last as long; the scene limits their age.
        let listsExpireAt = expiresAt + Self.graceSecondsMax(of: Form.allCases)
        let statusKey = try signingKeys.key(.status, contents.statusKey, at: time)
        let tokens = try contents.shards.map { reference, shard in
            (
                reference,
                token: try statusToken(shard, issuedAt: issuedAt, expiresAt: listsExpireAt, key: statusKey)
            )
        }
        let (bundleKey, roots) = try signingKeys.bundleKey(at: time)
        return try BundleExport(
            bundle, signer: bundleKey, root: roots.root, roots: roots.chain, statusLists: tokens,
            epochKeys: try epochKeys(order.domains, at: issuedAt))
    }

    /// The longest time for which any shipped scene for these forms uses an expired bundle.
    static func graceSecondsMax(of forms: [Form]) -> UInt64 {
        Scene.shipped.filter { !$0.forms.isDisjoint(with: forms) }.map(\.bundleGraceSeconds).max() ?? 0
    }

    /// Every list that can hold a code which is valid while gates use the bundle.
    ///
    /// Lists of later days are included: a gate then finds the index of a code that is newer than its bundle.
    func statusLists(at now: UInt64, lifetime: UInt64) -> [StatusListReference] {
        let end = now + lifetime + Self.graceSecondsMax(of: [.person])
        let days = (now.subtractingFloor(86_400) / 86_400)...(end / 86_400)
        return Form.allCases.map { StatusListReference(issuer: settings.issuer, form: $0, day: nil) }
            + days.map { StatusListReference(issuer: settings.issuer, form: .person, day: $0) }
    }

    /// The epoch keys that a bundle of now carries; nil without a domain.
    func epochKeys(_ domains: [SealDomain], at now: UInt64) throws -> EpochKeyFile? {
        guard !domains.isEmpty else { return nil }
        var entries: [EpochKeyFile.Entry] = []
        for domain in domains {
            for day in epochDays(at: now) {
                let key = try keys.epochKey(domain, day: day, suite: settings.suite)
                entries.append(.init(issuer: settings.issuer, domain: domain, day: day, key: key))
            }
        }
        return EpochKeyFile(entries: entries)
    }

    /// The days of the epoch keys that a bundle of now carries: yesterday and `epochKeyDays` days from today on.
    func epochDays(at now: UInt64) -> ClosedRange<UInt64> {
        let yesterday = now.subtractingFloor(86_400) / 86_400
        return yesterday...(yesterday + settings.epochKeyDays)
    }

    static func trusted(_ key: IssuerKeyRecord) throws -> IssuerRecord {
        IssuerRecord(
            issuer: key.issuer, key: try VerificationKey(spki: key.spki),
            uses: KeyUses(key.uses.compactMap(KeyUse.init(rawValue:))), notBefore: key.notBefore,
            expiresAt: key.expiresAt, status: KeyStatus(rawValue: key.status.rawValue) ?? .compromised,
            retiredAt: key.retiredAt)
    }
}

/// The contents of a bundle, read in one transaction.
private struct BundleContents: Sendable {
    let version: UInt64
    let keys: [IssuerKeyRecord]
    /// The active key of these keys, which signs the lists.
    let statusKey: IssuerKeyRecord?
    /// The pairs of identifiers that belong to one person, for a gate of both domains.
    let links: [(medical: [UInt8], transit: [UInt8])]?
    let shards: [(StatusListReference, PublishedShard)]
    /// The transit network, for a gate of the transit domain.
    let network: TransitNetwork?
}

extension UInt64 {
    fileprivate func subtractingFloor(_ other: UInt64) -> UInt64 {
        self > other ? self - other : 0
    }
}
