import Glibc
import Platform
import Signing

/// Fetches the files of one generation into a draft: the bundle, then its root documents, its lists and the hot list.
///
/// This is the order in which a gate may read a tree that is replaced meanwhile: documents and lists that are newer than
/// the bundle fit it, and older ones do not. A hot list goes with lists at or after its base. The bundle's signature is checked before a list that it names is fetched.
struct GenerationFetch {
    /// The most bytes of all files together.
    static let byteCountMax = 512 << 20

    let files: PublishedFiles
    /// The generation that the folder has.
    let former: String
    let users: TrustedUsers

    /// Whether a file differs from the former generation's.
    private(set) var isNew = false
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
    ///   - shallStop: asked before each file; true ends the fetch.
    /// - Throws: ``HTTPExchangeError``, ``SyncError`` or ``BundleError``.
    mutating func run(
        into draft: borrowing GenerationDraft, root: VerificationKey, shallStop: () -> Bool
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
    }

    /// Adds the files that are as before, and the entity tags.
    func complete(_ draft: borrowing GenerationDraft) throws {
        for path in unchanged {
            let source = "\(former)/\(path)"
            // A running gate knows a new generation by its bundle, which must be a file of its own.
            if path != BundleExport.bundleName, draft.link(source, to: path) { continue }
            try draft.write(GateFile.read(source, of: users, byteCountMax: Self.byteCountMax), to: path)
        }
        try draft.write(tags.encoded(), to: EntityTags.name)
    }

    /// Fetches one file, or reads the former generation's where that is still current; nil where the server has none.
    private mutating func take(
        _ path: String, byteCountMax: Int, into draft: borrowing GenerationDraft, _ shallStop: () -> Bool
    ) throws -> [UInt8]? {
        guard !shallStop() else {
            throw SyncError(.stopped, "the fetch was told to end", hint: "start `verify sync` again")
        }
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
