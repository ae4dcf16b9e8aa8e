import Credential
import Glibc
import Signing
import Storage
import TraceLog
import ForeignCodes
import Gate

/// The newest files that an installation published, checked against its own keys and its beat.
struct PublishedState {
    let bundleVersion: UInt64
    /// The version of the bundle's transit network; 0 for none.
    let transitVersion: UInt64
    let lists: [PublishedList]
    /// The trace log, then the log of acts where the folder has its checkpoint.
    let logs: [PublishedLog]
    /// The keys of the bundle's trust list.
    let issuers: [IssuerRecord]

    /// The newest published checkpoint of a log.
    func point(of log: LogName) -> Beat.LogPoint? {
        logs.first { $0.name == log }.map { Beat.LogPoint($0.checkpoint) }
    }

    /// The published root documents, where they are newer than this installation's.
    let roots: RootChain?

    /// The keys and the beat that the published files are checked against.
    struct Measure {
        /// The first root, and the root documents that this installation knows.
        let roots: InstallationRoots
        /// The key and the name of each log of this installation.
        let logs: [LogName: NoteKey]
        /// The registry's keys for status lists.
        let statusKeys: [IssuerKeyRecord]
        /// The installation's beat; nil when it is lost.
        let beat: Beat?
    }

    /// Reads a folder that `suishen bundle export` made, with the newest checkpoint in it.
    ///
    /// - Throws: a code for a missing file, one for another installation's file, one for a file older than in the beat.
    init(_ folder: PublishedFolder, heldTo measure: Measure) throws(OperationError) {
        let chain = try Self.chain(folder, measure)
        let bundle = try Self.bundle(folder, chain, measure)
        roots = chain == measure.roots.chain ? nil : chain
        bundleVersion = bundle.version
        transitVersion = bundle.transit?.version ?? 0
        var logs: [PublishedLog] = []
        for name in LogName.allCases {
            guard let key = measure.logs[name],
                let log = try PublishedLog(name, in: folder, key, beat: measure.beat)
            else { continue }
            logs.append(log)
        }
        self.logs = logs
        issuers = bundle.issuers
        lists = try Self.lists(folder, of: bundle, measure)
    }

    /// The published root documents; this installation's own where the folder has none.
    private static func chain(_ folder: PublishedFolder, _ measure: Measure) throws(OperationError) -> RootChain? {
        guard let bytes = try folder.read(RootChain.name, byteCountMax: RootChain.byteCountMax) else {
            return measure.roots.chain
        }
        let chain: RootChain
        do {
            chain = try RootChain(bytes, root: measure.roots.root)
        } catch {
            throw folder.unreadable(RootChain.name, error.reason)
        }
        guard let own = measure.roots.chain, !own.isContinued(by: chain) else { return chain }
        throw chain.isContinued(by: own)
            ? folder.old("bundle", "the published \(RootChain.name) is older than this installation's")
            : folder.foreign("bundle", "comes with root documents that are not this installation's")
    }

    private static func bundle(
        _ folder: PublishedFolder, _ chain: RootChain?, _ measure: Measure
    ) throws(OperationError) -> GateBundle {
        guard let bytes = try folder.read(BundleExport.bundleName, byteCountMax: GateBundle.byteCountMax) else {
            throw folder.missing("bundle", BundleExport.bundleName)
        }
        let bundle: GateBundle
        do {
            let authority = BundleAuthority(chain, root: measure.roots.root)
            bundle = try GateBundle.signed(bytes[...], by: authority).bundle
        } catch {
            throw error.code == .badSignature
                ? folder.foreign("bundle", "is not signed by this installation's root or bundle key")
                : folder.unreadable(BundleExport.bundleName, error.reason)
        }
        if let newest = measure.beat?.bundleVersion, bundle.version < newest {
            throw folder.old("bundle", "the bundle has version \(bundle.version), and version \(newest) is the newest")
        }
        return bundle
    }

    /// The lists that the bundle names, later lists in the beat that may still be needed, and all other valid lists
    /// in the folder.
    private static func lists(
        _ folder: PublishedFolder, of bundle: GateBundle, _ measure: Measure
    ) throws(OperationError) -> [PublishedList] {
        let compromised = bundle.issuers.filter { $0.status == .compromised }.map(\.publicKey)
        let trusted = bundle.issuers.filter { $0.uses.contains(.statuslist) }.compactMap { record in
            try? VerificationKey(spki: record.publicKey)
        }
        let own = measure.statusKeys.filter { $0.status != .compromised }.compactMap { record in
            try? VerificationKey(spki: record.spki)
        }
        let keys = (trusted + own).filter { key in !compromised.contains(key.spki) }
        let firstDay = bundle.issuedAt / Beat.secondsADay
        let left = (measure.beat?.lists ?? [:]).keys.filter { name in
            name != HotListToken.name && Beat.day(of: name).map { $0 + 1 >= firstDay } ?? true
        }
        let needed = Set(bundle.statusLists.map(\.name)).union(left)
        var lists: [PublishedList] = []
        for name in needed.sorted() {
            guard let bytes = try folder.read(listFile(name), byteCountMax: StatusListToken.byteCountMax) else {
                throw folder.missing("list", listFile(name))
            }
            lists.append(try list(name, bytes, signedByOneOf: keys, folder, measure))
        }
        for name in folder.listNames().sorted() where !needed.contains(name) {
            let bytes = try folder.read(listFile(name), byteCountMax: StatusListToken.byteCountMax) ?? []
            // A list that is not needed must not prevent a recovery.
            guard let list = try? list(name, bytes, signedByOneOf: keys, folder, measure) else { continue }
            lists.append(list)
        }
        let oldest =
            lists.filter { needed.contains(StatusListReference.name(of: $0.list, shard: $0.shard)) }
            .map(\.issuedAt).min() ?? 0
        return try lists + hotList(folder, signedByOneOf: keys, besideListsOf: oldest, measure)
    }

    /// The revocations of the newest hot list, which full lists lack; none where they are newer than every hot list.
    private static func hotList(
        _ folder: PublishedFolder, signedByOneOf keys: [VerificationKey], besideListsOf oldest: UInt64,
        _ measure: Measure
    ) throws(OperationError) -> [PublishedList] {
        let newest = measure.beat?.lists[HotListToken.name]
        let isNeeded = newest.map { $0 >= oldest } ?? false
        guard let bytes = try folder.read(BundleExport.hotListPath, byteCountMax: HotListToken.byteCountMax) else {
            guard isNeeded else { return [] }
            throw folder.missing("list", BundleExport.hotListPath)
        }
        let token: HotListToken
        do {
            token = try HotListToken(bytes[...]) { message in keys.contains(where: message.isSigned(by:)) }
        } catch {
            guard isNeeded else { return [] }
            throw folder.foreign("list", "\(BundleExport.hotListPath): \(error.reason)")
        }
        if isNeeded, let newest, token.issuedAt < newest {
            throw folder.old("list", "the hot list was issued at \(token.issuedAt), and the newest at \(newest)")
        }
        return token.revoked.compactMap(PublishedList.init(hot:))
    }

    private static func list(
        _ name: String, _ bytes: [UInt8], signedByOneOf keys: [VerificationKey], _ folder: PublishedFolder,
        _ measure: Measure
    ) throws(OperationError) -> PublishedList {
        let token: StatusListToken
        do {
            token = try StatusListToken(bytes[...]) { message in keys.contains(where: message.isSigned(by:)) }
        } catch {
            throw folder.foreign("list", "\(name): \(error.reason)")
        }
        guard token.subject == name || token.subject.hasSuffix("/\(name)"),
            let list = PublishedList(name: name, token: token)
        else { throw folder.foreign("list", "\(name) is another list") }
        if let newest = measure.beat?.lists[name], token.issuedAt < newest {
            throw folder.old("list", "\(name) was issued at \(token.issuedAt), and the newest at \(newest)")
        }
        return list
    }

    private static func listFile(_ name: String) -> String { "\(BundleExport.statusFolder)/\(name).cwt" }
}
