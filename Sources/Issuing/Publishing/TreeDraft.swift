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
        // With its old base, the hot list fits the old lists as well. It comes first, so that no revocation is in the
        // full lists alone before it is in the hot list: gates may keep older full lists.
        let hotStep = hot.bytes.map { (path: BundleExport.hotListPath, bytes: $0) }
        if hot.isGrown, let hotStep { plan.steps.append(hotStep) }
        plan.steps += lists.filter { named.contains($0.name) }.map { ($0.path, $0.bytes) }
        if !hot.isGrown, let hotStep { plan.steps.append(hotStep) }
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

    /// Whether the published bundle says what a new one would say, is the newest, has most of its term before it, and is
    /// signed by the key that would sign a new one, after the newest root document was made.
    private func isCurrent(_ bundle: GateBundle?) -> Bool {
        guard let bundle, bundle.version == view.bundleVersion, bundle.issuedAt <= now,
            now - bundle.issuedAt < max(1, lifetime / 3), now < bundle.expiresAt, isWellSigned(bundle)
        else { return false }
        let expected = GateBundle(
            version: bundle.version, issuedAt: bundle.issuedAt, expiresAt: bundle.expiresAt, issuers: view.issuers,
            statusLists: view.shards.map(\.reference), statusListTimes: bundle.statusListTimes, domains: [],
            hosts: [service.settings.host.lowercased()], settlementKey: settlementKey(or: bundle.settlementKey))
        return expected == bundle
    }

    /// The public half of the settlement key; the published one while the key's file cannot be read, since revocations
    /// must not wait for it.
    private func settlementKey(or published: ReceivingPublicKey?) -> ReceivingPublicKey? {
        do {
            return try SettlementKey.read(in: service.keyFolder)?.publicKey
        } catch {
            return published
        }
    }

    /// Whether gates that follow the installation's root documents take the published bundle, by the newest key.
    ///
    /// A key or documents that cannot be read are no reason for a new bundle: revocations must not wait for them.
    private func isWellSigned(_ bundle: GateBundle) -> Bool {
        guard let roots = try? InstallationRoots(service.state) else { return true }
        let signer = (try? service.signingKeys.bundleKey(at: time))?.key.verificationKey
        return bundle.issuedAt >= roots.chain?.newest.issuedAt ?? 0
            && (signer == nil
                || GateBundle.isPublished(
                    content.bundleBytes[...], by: signer, under: BundleAuthority(roots.chain, root: roots.root)))
    }

    /// The hot list beside full lists: its bytes, nil where the published one stays, and its length.
    ///
    /// - Returns: nil if it would be too long.
    private func hotList(
        beside kept: [String: TreeContent.List], new: [(name: String, token: [UInt8])], key: SigningKey
    ) throws -> (bytes: [UInt8]?, count: Int, isGrown: Bool)? {
        var lists = kept
        for (name, token) in new { lists[name] = TreeReader.list(token, named: name) }
        let grown = grownHotList
        for hot in [grown, freshHotList(beside: lists)].compactMap(\.self) {
            let count = hot.revoked.reduce(0) { $0 + $1.bits.count }
            if new.isEmpty, let old = content.hot, old.token.base == hot.base, old.token.revoked == hot.revoked,
                old.keyIdentifier == key.verificationKey.keyIdentifier, old.token.subject == hot.subject,
                now - min(now, old.token.issuedAt) < IssuingService.hotListSecondsMax
            {
                return (nil, count, true)
            }
            let bytes = try hot.signed(by: key)
            guard bytes.count <= HotListToken.byteCountMax else { continue }
            if hot != grown, content.hot?.token.issuedAt == now { throw Self.hotListOfThisSecond }
            return (bytes, count, hot == grown)
        }
        return nil
    }

    /// The published hot list with what was revoked since, and the same base: gates need no newer full lists for it.
    ///
    /// What was revoked since is what the lists lack that are published until now. Nil once the base is too old, and
    /// beside lists newer than the hot list: a run that moved the base was killed before it wrote the hot list, and what
    /// these lists have need not be in it.
    private var grownHotList: HotListToken? {
        guard let old = content.hot?.token, now - min(now, old.base) < IssuingService.hotListBaseSecondsMax,
            content.lists.values.allSatisfy({ $0.issuedAt <= old.issuedAt })
        else { return nil }
        var revoked = missing(in: content.lists)
        for list in old.revoked { revoked[list.list]?.append(contentsOf: list.bits) }
        return hotList(base: old.base, revoked)
    }

    /// A hot list whose base is the time of the oldest of the lists that are published from now on.
    private func freshHotList(beside lists: [String: TreeContent.List]) -> HotListToken {
        let names = Set(view.shards.map(\.reference.name))
        let base = lists.filter { names.contains($0.key) }.map(\.value.issuedAt).min() ?? now
        return hotList(base: base, missing(in: lists))
    }

    /// The revocations that lists lack, for every list that is published; all of a list that is not there.
    private func missing(in lists: [String: TreeContent.List]) -> [String: [UInt32]] {
        var revoked: [String: [UInt32]] = [:]
        for (reference, published) in view.shards {
            revoked[reference.name] = Array(
                Set(published.revoked).subtracting(lists[reference.name]?.revoked ?? []))
        }
        return revoked
    }

    private func hotList(base: UInt64, _ revoked: [String: [UInt32]]) -> HotListToken {
        HotListToken(
            subject: "https://\(service.settings.host.lowercased())/\(BundleExport.hotListPath)", base: base,
            issuedAt: now, expiresAt: expiresAt, revoked: revoked)
    }

    private static func path(_ name: String) -> String { "\(BundleExport.statusFolder)/\(name).cwt" }

    /// Two hot lists of one second could not be told apart after a kill.
    private static let hotListOfThisSecond = OperationError(
        code: .outputBusy, reason: "the hot list was made in this second, and its base must move",
        hint: "publish again in a second")
    private static let noBundle = OperationError(
        code: .unexpected, reason: "the export has no bundle", hint: "report this with the daemon's log")
}

extension GateBundle {
    /// Whether the bundle's gates take status lists of a key.
    fileprivate func mayTakeLists(of key: VerificationKey) -> Bool {
        issuers.contains { $0.publicKey == key.spki && $0.uses.contains(.statuslist) && $0.status != .compromised }
    }
}
