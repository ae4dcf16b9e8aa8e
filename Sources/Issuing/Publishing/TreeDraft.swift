import Credential
import Gate
import Signing
import Storage

/// Decides what of a published tree is made anew, signs it, and orders it.
struct TreeDraft {
    let service: IssuingService
    let view: RegistryView
    let content: TreeContent
    let time: SigningTime

    /// The files of a tree in the order in which they are replaced.
    struct Plan {
        var steps: [(path: String, bytes: [UInt8])] = []
        /// The lists that the bundle names.
        var listNames: Set<String> = []
        var version: UInt64 = 0
        var hotCount = 0
    }

    private var now: UInt64 { time.seconds }
    private var lifetime: UInt64 { service.settings.bundleLifetimeSeconds }
    private var expiresAt: UInt64 { now + lifetime + IssuingService.graceSecondsMax(of: Form.allCases) }

    /// Signs what is due; full lists are all made anew where the hot list would be too long.
    func plan(for caller: IssuingService.Caller) async throws -> Plan {
        let kept = content.lists.filter { isGood($0.value, named: $0.key) }
        if let plan = try await plan(keeping: kept, for: caller) { return plan }
        guard let plan = try await plan(keeping: [:], for: caller) else {
            throw OperationError(
                code: .unexpected, reason: "the hot list is too long although every list is new",
                hint: "report this with the daemon's log")
        }
        return plan
    }

    /// Nil if the hot list beside the kept lists is too long.
    private func plan(
        keeping kept: [String: TreeContent.List], for caller: IssuingService.Caller
    ) async throws -> Plan? {
        var plan = Plan()
        let statusKey = try service.signingKeys.key(.status, view.statusKey, at: time)
        var bundle = content.bundle
        var bundleBytes: [UInt8]?
        var tokens: [String: [UInt8]] = [:]
        let isKeyNew = content.bundle?.mayTakeLists(of: statusKey.verificationKey) == false
        // The bundle may not ask for a newer list than one that stays, or that is replaced after it.
        let found = isKeyNew ? content.lists : kept
        if !isCurrent(content.bundle) {
            let order = IssuingService.BundleOrder(
                domains: [], lifetimeSeconds: nil, listTimes: found.mapValues(\.issuedAt))
            let export = try await service.bundle(order, for: caller)
            for file in export.files {
                if let name = BundleExport.listName(of: file.path) { tokens[name] = file.bytes }
                if file.path == BundleExport.bundleName { bundleBytes = file.bytes }
            }
            bundle = try bundleBytes.map { try GateBundle(published: $0[...]) }
        } else {
            for (reference, published) in view.shards where kept[reference.name] == nil {
                tokens[reference.name] = try service.statusToken(
                    published, issuedAt: now, expiresAt: expiresAt, key: statusKey)
            }
        }
        guard let bundle else { throw Self.noBundle }
        plan.version = bundle.version
        plan.listNames = Set(bundle.statusLists.map(\.name))
        let lists = plan.listNames.sorted().compactMap { name in
            kept[name] == nil ? tokens[name].map { (path: Self.path(name), name: name, bytes: $0) } : nil
        }
        guard let hot = try hotList(beside: kept, new: lists.map { ($0.name, $0.bytes) }, key: statusKey) else {
            return nil
        }
        plan.hotCount = hot.count
        let hotName = hot.bytes == nil ? [] : [HotListToken.name]
        try await service.coverBeat(ofLists: lists.map(\.name) + hotName, issuedAt: now)
        let named = Set(content.bundle?.statusLists.map(\.name) ?? [])
        plan.steps += lists.filter { !named.contains($0.name) }.map { ($0.path, $0.bytes) }
        let bundleStep = bundleBytes.map { (path: BundleExport.bundleName, bytes: $0) }
        if isKeyNew, let bundleStep { plan.steps.append(bundleStep) }
        plan.steps += lists.filter { named.contains($0.name) }.map { ($0.path, $0.bytes) }
        if let bytes = hot.bytes { plan.steps.append((BundleExport.hotListPath, bytes)) }
        if !isKeyNew, let bundleStep { plan.steps.append(bundleStep) }
        return plan
    }

    /// Whether a published list stays: of the active key, young enough, and long enough.
    private func isGood(_ list: TreeContent.List, named name: String) -> Bool {
        guard let shard = view.byName[name] else { return false }
        return list.keyIdentifier == view.statusKey?.keyIdentifier && now < list.expiresAt
            && now - min(now, list.issuedAt) < min(IssuingService.publishedListSecondsMax, max(1, lifetime / 3))
            // Shrunk headroom needs no new list, but codes that were issued since need their bits.
            && list.bitCount >= shard.shard.bitCount - Int(service.settings.statusHeadroomCount / 2)
    }

    /// Whether the published bundle says what a new one would say, is the newest, and has most of its term before it.
    private func isCurrent(_ bundle: GateBundle?) -> Bool {
        guard let bundle, bundle.version == view.bundleVersion, bundle.issuedAt <= now,
            now - bundle.issuedAt < max(1, lifetime / 3), now < bundle.expiresAt
        else { return false }
        let expected = GateBundle(
            version: bundle.version, issuedAt: bundle.issuedAt, expiresAt: bundle.expiresAt, issuers: view.issuers,
            statusLists: view.shards.map(\.reference), statusListTimes: bundle.statusListTimes, domains: [],
            hosts: [service.settings.host.lowercased()])
        return expected == bundle
    }

    /// The hot list beside full lists: its bytes, nil where the published one stays, and its length.
    ///
    /// - Returns: nil if it would be too long.
    private func hotList(
        beside kept: [String: TreeContent.List], new: [(name: String, token: [UInt8])], key: SigningKey
    ) throws -> (bytes: [UInt8]?, count: Int)? {
        var lists = kept
        for (name, token) in new { lists[name] = TreeReader.list(token, named: name) }
        var revoked: [String: [UInt32]] = [:]
        for (reference, published) in view.shards {
            let missing = Set(published.revoked).subtracting(lists[reference.name]?.revoked ?? [])
            revoked[reference.name] = Array(missing)
        }
        let names = Set(view.shards.map(\.reference.name))
        let base = lists.filter { names.contains($0.key) }.map(\.value.issuedAt).min() ?? now
        let hot = HotListToken(
            subject: "https://\(service.settings.host.lowercased())/\(BundleExport.hotListPath)", base: base,
            issuedAt: now, expiresAt: expiresAt, revoked: revoked)
        let count = hot.revoked.reduce(0) { $0 + $1.bits.count }
        if let old = content.hot, old.token.base == base, old.token.revoked == hot.revoked,
            old.keyIdentifier == key.verificationKey.keyIdentifier, old.token.subject == hot.subject,
            now - min(now, old.token.issuedAt) < IssuingService.hotListSecondsMax
        {
            return (nil, count)
        }
        let bytes = try hot.signed(by: key)
        return bytes.count <= HotListToken.byteCountMax ? (bytes, count) : nil
    }

    private static func path(_ name: String) -> String { "\(BundleExport.statusFolder)/\(name).cwt" }

    private static let noBundle = OperationError(
        code: .unexpected, reason: "the export has no bundle", hint: "report this with the daemon's log")
}

extension GateBundle {
    /// Whether the bundle's gates take status lists of a key.
    fileprivate func mayTakeLists(of key: VerificationKey) -> Bool {
        issuers.contains { $0.publicKey == key.spki && $0.uses.contains(.statuslist) && $0.status != .compromised }
    }
}
