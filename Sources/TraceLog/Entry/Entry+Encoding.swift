import Encoding

extension Entry {
    /// The entry's bytes, which are hashed, stored and published.
    ///
    /// - Throws: `value_out_of_range` over 65,535 bytes, or for a field beyond its limits.
    package func encoded() throws(TraceLogError) -> [UInt8] {
        try encoded(signature: signature)
    }

    /// The bytes that the actor signs: the entry with a null signature.
    package func signedBytes() throws(TraceLogError) -> [UInt8] {
        try encoded(signature: nil)
    }

    private func encoded(signature: ActorSignature?) throws(TraceLogError) -> [UInt8] {
        try check()
        var writer = CBORWriter(capacity: 512)
        writer.array(count: Self.fieldCount)
        writer.unsigned(Self.version)
        writer.byteString(object.bytes)
        writer.unsigned(sequence)
        if let previous {
            writer.byteString(previous.leafHash.bytes)
            writer.unsigned(previous.index)
        } else {
            writer.null()
            writer.null()
        }
        writer.unsigned(recordedAtMilliseconds)
        writer.text(actor)
        if let keyIdentifier { writer.byteString(keyIdentifier) } else { writer.null() }
        try event.write(to: &writer)
        writer.array(count: commitments.count)
        for commitment in commitments { writer.byteString(commitment.bytes) }
        if let signature { signature.write(to: &writer) } else { writer.null() }
        guard writer.bytes.count <= Self.byteCountMax else {
            throw .range(
                "the entry has \(writer.bytes.count) bytes", "shorten it to at most \(Self.byteCountMax) bytes")
        }
        return writer.bytes
    }

    private func check() throws(TraceLogError) {
        if case .act(let act) = event, object != act.term.stream {
            throw .range("an act is outside the chain of its stream", "append it to the stream of its term")
        }
        guard Self.isActor(actor) else {
            throw .range("the actor is not a USCC", "give 18 digits and capital letters")
        }
        guard commitments.count <= Self.commitmentCountMax else {
            throw .range(
                "the entry has \(commitments.count) commitments", "give at most \(Self.commitmentCountMax)")
        }
        if let keyIdentifier, !Self.keyIdentifierByteCounts.contains(keyIdentifier.count) {
            throw .range("the key identifier has \(keyIdentifier.count) bytes", "give 4 to 32 bytes")
        }
    }

    /// Reads an entry, every field of it.
    ///
    /// - Throws: `malformed_entry`, `unknown_term`.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(TraceLogError) -> Entry {
        var reader = try EntryReader(bytes)
        let entry = try read(&reader)
        try reader.finish()
        return entry
    }

    private static func read(_ reader: inout EntryReader) throws(TraceLogError) -> Entry {
        guard try reader.readArrayHeader() == fieldCount else {
            throw .entry("the entry is not an array of 11 fields")
        }
        guard try reader.readUnsigned() == version else { throw .entry("the entry's version is not 1") }
        let object = try ObjectID(entryField: reader.readByteString())
        let sequence = try reader.readUnsigned()
        let previous = try readLink(&reader)
        let recordedAt = try reader.readUnsigned()
        let actor = try reader.readText()
        guard isActor(actor) else { throw .entry("the entry's actor is not a USCC") }
        let keyIdentifier = try readKeyIdentifier(&reader)
        let event = try LogEvent.read(&reader)
        if case .act(let act) = event, object != act.term.stream {
            throw .entry("an act is outside the chain of its stream")
        }
        let commitments = try readCommitments(&reader)
        let signature = try reader.isNextNull() ? nil : ActorSignature.read(&reader)
        if signature == nil { try reader.readNull() }
        return Entry(
            object: object, sequence: sequence, previous: previous, recordedAtMilliseconds: recordedAt, actor: actor,
            keyIdentifier: keyIdentifier, event: event, commitments: commitments, signature: signature)
    }

    private static func readLink(_ reader: inout EntryReader) throws(TraceLogError) -> EntryLink? {
        if reader.isNextNull() {
            try reader.readNull()
            try reader.readNull()
            return nil
        }
        return EntryLink(leafHash: try readHash(&reader), index: try reader.readUnsigned())
    }

    private static func readKeyIdentifier(_ reader: inout EntryReader) throws(TraceLogError) -> [UInt8]? {
        if reader.isNextNull() {
            try reader.readNull()
            return nil
        }
        let bytes = try reader.readByteString()
        guard keyIdentifierByteCounts.contains(bytes.count) else {
            throw .entry("the entry's key identifier has \(bytes.count) bytes")
        }
        return Array(bytes)
    }

    private static func readCommitments(_ reader: inout EntryReader) throws(TraceLogError) -> [MerkleHash] {
        let count = try reader.readArrayHeader()
        guard count <= commitmentCountMax else { throw .entry("the entry has \(count) commitments") }
        var commitments: [MerkleHash] = []
        for _ in 0..<count { commitments.append(try readHash(&reader)) }
        return commitments
    }

    static func readHash(_ reader: inout EntryReader) throws(TraceLogError) -> MerkleHash {
        guard let hash = try MerkleHash(reader.readByteString()) else {
            throw .entry("a hash in the entry is not 32 bytes")
        }
        return hash
    }

    private static func isActor(_ actor: String) -> Bool {
        let utf8 = actor.utf8
        let isAlphanumeric = utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        return (utf8.isEmpty || utf8.count == 18) && isAlphanumeric
    }
}
