import Glibc
import Platform
import Signing

/// Fetches the files of one generation into a draft: the bundle, its root documents, its lists, the hot list, and the
/// gate's sealed keys.
///
/// This is the order in which a gate may read a tree that is replaced meanwhile: documents and lists that are newer than
/// the bundle fit it, and older ones do not. A hot list goes with lists at or after its base. The bundle's signature is
/// checked before a list that it names is fetched. Whatever happens to the sealed keys keeps nothing else away.
struct GenerationFetch {
    /// The most bytes of all files together.
    static let byteCountMax = 512 << 20
    /// The longest time for the sealed keys: revocations wait for them.
    private static let keysMillisecondsMax = 10_000

    /// What became of the question for the gate's sealed keys.
    enum Keys {
        /// The gate is not enrolled.
        case notAsked
        /// The server has none.
        case missing
        /// The server gives no answer that can be used.
        case unavailable(any Error)
        case unchanged
        case new
    }

    let files: PublishedFiles
    /// The generation that the folder has.
    let former: String
    let users: TrustedUsers

    /// Whether a file differs from the former generation's.
    ///
    /// The sealed keys do not count here.
    private(set) var isNew = false
    private(set) var keys = Keys.notAsked
    /// The bytes of all answers' bodies.
    private(set) var fetchedByteCount = 0
    private var tags: EntityTags
    private let formerTags: EntityTags?
    /// The files that are as in the former generation, and not in the draft yet.
    private var unchanged: [String] = []
    private var totalByteCount = 0

    init(files: PublishedFiles, former: String, users: TrustedUsers) {
        (self.files, self.former, self.users) = (files, former, users)
        tags = EntityTags(address: files.address)
        let path = "\(former)/\(EntityTags.name)"
        let bytes = try? GateFile.read(path, of: users, byteCountMax: EntityTags.byteCountMax)
        formerTags = bytes.flatMap(EntityTags.init).flatMap { $0.address == files.address ? $0 : nil }
    }

    /// Fetches the generation's files that differ from the former generation's.
    ///
    /// - Parameters:
    ///   - draft: gets the files.
    ///   - root: the first root.
    ///   - gate: the gate whose sealed keys are fetched; nil for a gate that is not enrolled.
    ///   - shallStop: asked before each file; true ends the fetch.
    /// - Throws: ``HTTPExchangeError``, ``SyncError`` or ``BundleError``.
    mutating func run(
        into draft: borrowing GenerationDraft, root: VerificationKey, gate: GateIdentifier?, shallStop: () -> Bool
    ) throws {
        guard
            let bytes = try take(
                BundleExport.bundleName, byteCountMax: GateBundle.byteCountMax, into: draft, shallStop)
        else { throw PublishedFiles.missing(BundleExport.bundleName, "no such file") }
        let roots = try take(RootChain.name, byteCountMax: RootChain.byteCountMax, into: draft, shallStop)
        let chain = try roots.map { try RootChain($0, root: root) }
        let bundle = try GateBundle.signed(bytes[...], by: BundleAuthority(chain, root: root)).bundle
        for reference in bundle.statusLists {
            let path = BundleExport.path(of: reference)
            guard try take(path, byteCountMax: StatusListToken.byteCountMax, into: draft, shallStop) != nil else {
                throw PublishedFiles.missing(path, "no such file")
            }
        }
        _ = try take(
            BundleExport.hotListPath, byteCountMax: HotListToken.byteCountMax, into: draft, shallStop)
        if let gate { try takeKeys(SealedEpochKeys.path(of: gate), into: draft, shallStop) }
    }

    /// Puts the former generation's sealed keys into the draft again, or none where it had none.
    mutating func giveUpKeys(of gate: GateIdentifier, in draft: borrowing GenerationDraft) throws {
        let path = SealedEpochKeys.path(of: gate)
        for name in [path, EntityTags.name] { try draft.remove(name) }
        // Without the tag of what was refused: it would spare the next fetch the refusal.
        tags.tags[path] = nil
        if unsafe access("\(former)/\(path)", F_OK) == 0 { try copy(path, to: draft) }
        try draft.write(tags.encoded(), to: EntityTags.name)
    }

    /// Fetches the sealed keys, or keeps the former generation's.
    private mutating func takeKeys(
        _ path: String, into draft: borrowing GenerationDraft, _ shallStop: () -> Bool
    ) throws {
        guard !shallStop() else { throw Self.stopped }
        let known = try? GateFile.read("\(former)/\(path)", of: users, byteCountMax: SealedEpochKeys.byteCountMax)
        let tag = known == nil ? nil : formerTags?.tags[path]
        let answer: PublishedFiles.Answer
        do {
            let files = files.limited(toMilliseconds: Self.keysMillisecondsMax)
            answer = try files.fetch(path, byteCountMax: SealedEpochKeys.byteCountMax, unless: tag)
            keys = .unchanged
        } catch {
            (answer, keys) = (.unchanged, .unavailable(error))
        }
        if case .missing = answer { keys = .missing }
        if case .fetched(let body, let entityTag) = answer {
            fetchedByteCount += body.count
            tags.tags[path] = entityTag
            if body != known {
                keys = .new
                try draft.makeKeysFolder()
                return try draft.write(body, to: path)
            }
        } else {
            tags.tags[path] = tag
        }
        guard known != nil else { return }
        try draft.makeKeysFolder()
        unchanged.append(path)
    }

    /// Adds the files that are as before, and the entity tags.
    func complete(_ draft: borrowing GenerationDraft) throws {
        for path in unchanged {
            try copy(path, to: draft)
        }
        try draft.write(tags.encoded(), to: EntityTags.name)
    }

    private func copy(_ path: String, to draft: borrowing GenerationDraft) throws {
        let source = "\(former)/\(path)"
        // A running gate knows a new generation by its bundle, which must be a file of its own.
        if path != BundleExport.bundleName, draft.link(source, to: path) { return }
        try draft.write(GateFile.read(source, of: users, byteCountMax: Self.byteCountMax), to: path)
    }

    private static let stopped = SyncError(
        .stopped, "the fetch was told to end", hint: "start `verify sync` again")

    /// Fetches one file, or reads the former generation's where that is still current; nil where the server has none.
    private mutating func take(
        _ path: String, byteCountMax: Int, into draft: borrowing GenerationDraft, _ shallStop: () -> Bool
    ) throws -> [UInt8]? {
        guard !shallStop() else { throw Self.stopped }
        let known = try? GateFile.read("\(former)/\(path)", of: users, byteCountMax: byteCountMax)
        let tag = known == nil ? nil : formerTags?.tags[path]
        let bytes: [UInt8]
        switch try files.fetch(path, byteCountMax: byteCountMax, unless: tag) {
        case .missing:
            if known != nil { isNew = true }
            return nil
        case .unchanged:
            guard let known else { throw PublishedFiles.missing(path, "status 304 without a question") }
            bytes = known
            tags.tags[path] = tag
        case .fetched(let body, let entityTag):
            bytes = body
            fetchedByteCount += body.count
            tags.tags[path] = entityTag
        }
        totalByteCount += bytes.count
        guard totalByteCount <= Self.byteCountMax else {
            throw SyncError(
                .generationTooLarge, "the files of one generation have over \(Self.byteCountMax) bytes",
                hint: "ask the issuer for a bundle with fewer or shorter lists")
        }
        if bytes == known {
            unchanged.append(path)
        } else {
            isNew = true
            try draft.write(bytes, to: path)
        }
        return bytes
    }
}
