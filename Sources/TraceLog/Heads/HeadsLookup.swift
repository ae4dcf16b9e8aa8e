/// Finds one object in a published heads list, and proves the result to the root that a heads entry states.
struct HeadsLookup<Source: AuditSource> {
    enum Answer {
        case present(ObjectHead)
        /// The neighbours in the list between which the object would stand; nil at either end.
        case absent(before: ObjectHead?, after: ObjectHead?)
        /// The log does not publish the list.
        case unpublished

        /// The result; nil where the log does not publish the list.
        var listed: Listed? {
            switch self {
            case .present(let head): Listed(head: head, neighbours: nil)
            case .absent(let before, let after): Listed(head: nil, neighbours: (before?.object, after?.object))
            case .unpublished: nil
            }
        }
    }

    /// An object's head, or the objects between which it would stand.
    struct Listed {
        let head: ObjectHead?
        let neighbours: (before: ObjectID?, after: ObjectID?)?
    }

    private let source: SubtreeSource<Source>
    private let statement: HeadsStatement
    private var tree: TileNodeSource
    private var bundle: (index: UInt64, heads: [ObjectHead])?

    init(source: Source, index: UInt64, statement: HeadsStatement) {
        self.source = SubtreeSource(folder: HeadsList.folder(of: index), source: source)
        self.statement = statement
        tree = TileNodeSource(size: statement.objectCount, source: self.source)
    }

    /// Looks an object up.
    ///
    /// - Throws: `malformed_tile`, `malformed_bundle`, `malformed_entry` or `malformed_proof` where the list
    ///   does not have the stated root; `input_unreadable`.
    mutating func find(_ object: ObjectID) throws(TraceLogError) -> Answer {
        guard statement.objectCount > 0 else { return .absent(before: nil, after: nil) }
        guard try isPublished() else { return .unpublished }
        do {
            return try search(object)
        } catch {
            // A log that has gone on meanwhile gives up its older lists as a whole.
            guard try isPublished() else { return .unpublished }
            throw error
        }
    }

    private mutating func search(_ object: ObjectID) throws(TraceLogError) -> Answer {
        // The first position whose object is not below the one sought; what is read on the way is not yet trusted.
        var (low, high): (UInt64, UInt64) = (0, statement.objectCount)
        while low < high {
            let middle = low + (high - low) / 2
            if try head(middle).object < object { low = middle + 1 } else { high = middle }
        }
        if low < statement.objectCount, try head(low).object == object { return .present(try proved(low)) }
        let before = low > 0 ? try proved(low - 1) : nil
        let after = low < statement.objectCount ? try proved(low) : nil
        guard before.map({ $0.object < object }) ?? true, after.map({ object < $0.object }) ?? true else {
            throw Self.unproved("the heads list is not sorted around the object")
        }
        return .absent(before: before, after: after)
    }

    private func isPublished() throws(TraceLogError) -> Bool {
        let path = path(of: 0)
        do {
            return try StoredFile(path, source: source) != nil
        } catch {
            throw .unreadable(error)
        }
    }

    private mutating func proved(_ position: UInt64) throws(TraceLogError) -> ObjectHead {
        let head = try head(position)
        let proof = try InclusionProof(leafIndex: position, treeSize: statement.objectCount, from: &tree)
        var hasher = MerkleHasher()
        guard proof.isValid(leaf: hasher.leaf(head.encoded), root: statement.root) else {
            throw Self.unproved("the root in the heads entry does not include head \(position) of the list")
        }
        return head
    }

    private mutating func head(_ position: UInt64) throws(TraceLogError) -> ObjectHead {
        let number = position / UInt64(TilePath.fullWidth)
        let offset = Int(position % UInt64(TilePath.fullWidth))
        if let bundle, bundle.index == number { return bundle.heads[offset] }
        let path = path(of: number)
        let file: StoredFile?
        do {
            file = try StoredFile(path, source: source)
        } catch {
            throw .unreadable(error)
        }
        guard let file, !file.isFullFile else { throw Self.unproved("\(path.path) of the heads list is missing") }
        let entries = try EntryBundle(bytes: file.bytes, width: path.width)
        var heads: [ObjectHead] = []
        for position in 0..<path.width { heads.append(try ObjectHead.decode(entries.entry(position))) }
        bundle = (number, heads)
        return heads[offset]
    }

    private func path(of number: UInt64) -> TilePath {
        let width = TilePath.width(kind: .entries, index: number, size: statement.objectCount)
        return TilePath(kind: .entries, index: number, width: width)
    }

    private static func unproved(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedProof, reason: reason,
            hint: "audit the whole log, which shows where its heads list is wrong")
    }
}
