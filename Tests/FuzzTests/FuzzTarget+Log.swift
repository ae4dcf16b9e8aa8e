import Encoding

@testable import TraceLog

/// What a log serves that nobody trusts yet.
extension FuzzTarget {
    /// What is read writes the same bytes again.
    static func runNote(_ bytes: [UInt8]) {
        if let note = try? SignedNote(bytes: bytes) {
            precondition(note.bytes == bytes)
            if let checkpoint = try? Checkpoint(text: note.text) {
                precondition(checkpoint.text.utf8.elementsEqual(note.text.utf8))
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let key = try? NoteKey(vkey: text) { precondition(key.vkey == text) }
        if let path = TilePath(path: text) { precondition(path.path == text) }
        _ = HeadsList.parse(path: text)
        _ = try? WitnessPolicy(bytes: bytes)
        _ = try? LogList.read(bytes)
        if let request = try? CosigningRequest(bytes: bytes) { precondition(request.bytes == bytes) }
        if let state = try? WitnessState(bytes: bytes) { precondition(state.bytes == bytes) }
        _ = WitnessAnswer.size(inConflict: bytes)
    }

    /// An entry that is read writes the same bytes again, and the auditor's scan sees what the full reading does.
    static func runEntry(_ bytes: [UInt8]) {
        let scan = EntryScanner(bytes.span)
        _ = try? ObjectHead.decode(bytes[...])
        guard let entry = try? Entry.decode(bytes[...]) else { return }
        let encoded = try? entry.encoded()
        precondition(encoded == bytes)
        guard let scan else { preconditionFailure("the scan refuses what the full reading accepts") }
        precondition(Array(bytes[scan.objectRange]) == entry.object.bytes && scan.sequence == entry.sequence)
        precondition(scan.previous == entry.previous && scan.eventKind == entry.event.kind)
        precondition(scan.recordedAtMilliseconds == entry.recordedAtMilliseconds)
        precondition(scan.isSigned == (entry.signature != nil))
        _ = entry.signatureClaim
        checkExport(of: entry)
    }

    /// What can be written as an EPCIS document comes back from it, unless personal fields belong to it.
    private static func checkExport(of entry: Entry) {
        guard case .observed = entry.event, entry.object != .log, entry.commitments.isEmpty else { return }
        let link = EntryLink(leafHash: .emptyRoot, index: 0)
        guard let document = try? EPCISDocument.export([(entry, link)], creationMilliseconds: 0) else { return }
        let imported = try? EPCISImport().events(in: document)
        precondition(imported?.map { LogEvent.observed($0.event) } == [entry.event])
    }

    /// A bundle below a byte that says its width: both readings tell the same entries apart.
    static func runEntries(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let width = Int(first) + 1
        let bundle = try? EntryBundle(bytes: Array(bytes.dropFirst()), width: width)
        let stored = StoredBundle(bytes: Array(bytes.dropFirst()), width: width, isFullFile: false)
        precondition((bundle != nil) == (stored.endsClean && stored.places.count == width))
        if let bundle { precondition((0..<width).allSatisfy { bundle.ranges[$0] == stored.places[$0] }) }
        var memory = BundleMemory()
        let served = ServedBundle(bytes: Array(bytes.dropFirst()))
        var digest = try? BundleDigest(
            number: 0, size: UInt64(width), source: served, tilesOnly: false, memory: &memory)
        digest?.readWhole(WholeEntry.Rules(signatures: .all, checksOpenings: true, watched: .log))
    }

    /// The list of sets, and a file of a set; what is read writes the same bytes again.
    static func runIssued(_ bytes: [UInt8]) {
        if let index = try? IssuedIndex(bytes: bytes) { precondition(index.bytes == bytes) }
        let text = String(decoding: bytes, as: UTF8.self)
        if IssuedStatement.isPath(text) { precondition(text.hasPrefix(IssuedStatement.folder + "/")) }
        guard let file = try? IssuedFile(bytes: bytes) else { return }
        precondition(file.bytes == bytes)
        let count = UInt64(file.leaves.count) + UInt64(bytes[0])
        let statement = IssuedStatement(
            minute: 1, span: 1440, count: count, bitCount: Int(bytes[12] % 17), root: .emptyRoot)
        precondition((try? file.check(statement, prefix: UInt16(bytes[11]))) == nil)
    }

    /// A line of the operator's trail; what is read is printed so that it is read again.
    static func runTrail(_ bytes: [UInt8]) {
        guard let line = try? TrailLine(json: bytes, byteCountMax: 1 << 16) else { return }
        let object: JSONValue = [
            "number": .integer(Int64(line.number)), "time": .integer(Int64(line.time)),
            "uid": .integer(Int64(line.uid)), "action": .string(line.action), "subject": .string(line.subject),
            "detail": line.detail,
        ]
        let again = try? TrailLine(json: Array(object.encoded().utf8), byteCountMax: 1 << 20)
        precondition(again?.hash(after: TrailLine.start) == line.hash(after: TrailLine.start))
    }

    /// Two numbers, a leaf, and the hashes of a path.
    static func runProof(_ bytes: [UInt8]) {
        guard bytes.count >= 48 else { return }
        let (low, high) = (number(bytes.prefix(8)), number(bytes[8..<16]))
        let hashes = stride(from: 16, through: bytes.count - 32, by: 32).compactMap { MerkleHash(bytes[$0..<$0 + 32]) }
        guard let leaf = hashes.first else { return }
        let path = Array(hashes.dropFirst())
        let root = InclusionProof(leafIndex: low, treeSize: high, path: path).root(leaf: leaf)
        precondition(root == nil || low < high)
        _ = ConsistencyProof(oldSize: low, newSize: high, path: path).isValid(oldRoot: leaf, newRoot: .emptyRoot)
        var tree = TileNodeSource(size: high) { path in Array(repeating: 0, count: path.width * MerkleHash.byteCount) }
        let made = try? InclusionProof(leafIndex: low, treeSize: high, from: &tree)
        precondition(made == nil || made?.root(leaf: MerkleHash()) != nil)
        _ = try? ConsistencyProof(oldSize: low, newSize: high, from: &tree)
        _ = TilePath.width(kind: .hashes(level: 1), index: low, size: high)
    }

    /// A document that imports at all imports alike every time.
    static func runEPCIS(_ bytes: [UInt8]) {
        guard let document = try? JSONValue.parse(bytes, byteCountMax: 1 << 16) else { return }
        let first = try? EPCISImport().events(in: document)
        precondition(first == (try? EPCISImport().events(in: document)))
        for event in document["epcisBody"]?["eventList"]?.array ?? [document] {
            _ = try? EventHash(event: event, context: EPCISContext(document["@context"]))
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// One bundle and no tile.
private struct ServedBundle: AuditSource {
    let bytes: [UInt8]

    func read(_ path: String, byteCountMax: Int) -> [UInt8]? {
        path.hasPrefix("tile/entries/") ? bytes : nil
    }
}
