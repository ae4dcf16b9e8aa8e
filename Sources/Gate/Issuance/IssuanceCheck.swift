package import Credential
package import TraceLog

/// Looks a code up among the issued codes that an issuer publishes, without telling anybody which code it is.
///
/// It reads the log's checkpoint, the list of sets, the entries of the sets in which the code can be, and one file of
/// each of them: the file of the first bits of the code's digest, which at least 1,000 codes share. Codes of the same
/// time and the same first bits read the same files in the same order, whether or not they are found.
package struct IssuanceCheck: Sendable {
    /// The age below which a code may not be published yet, in seconds.
    package static let publicationSeconds: UInt64 = 120
    /// The most codes that one strip has, and so how many lifetimes ahead of its issue a code may begin.
    private static let stripCountMax: UInt64 = 31
    /// How much earlier a phone renews its strip, which then begins at the end of the last one.
    private static let renewalMinutes: UInt64 = 7 * 1440
    /// How far the minute of a code may be from its date, where the issuer's clock was set.
    private static let slackMinutes: UInt64 = 1440
    /// The most minutes before a code's beginning in which it is looked for.
    private static let minutesMax: UInt64 = 400 * 1440

    private let source: LogSource
    private let key: NoteKey

    /// Takes the published log of acts.
    ///
    /// - Parameters:
    ///   - log: its folder, or its http(s) URL.
    ///   - key: its verifier key, `name+hash+base64`.
    /// - Throws: `malformed_key`.
    package init(log: String, key: String) throws(TraceLogError) {
        source = LogSource(log)
        self.key = try NoteKey(vkey: key)
    }

    /// Looks a code up.
    ///
    /// - Parameters:
    ///   - text: the code's text, whose signature has been checked.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the result.
    /// - Throws: the error of a text that is no code.
    package func result(of text: String, at now: UInt64) throws(CredentialError) -> IssuanceResult {
        let code = try UnverifiedCredential(text: text)
        let claims = try code.claimsUnchecked()
        guard let digest = MerkleHash(code.issuanceDigest) else { return .missing }
        let minutes = Self.minutes(of: claims)
        // The sets of a day that ends meanwhile are replaced; the list then names the day.
        if let result = try? result(of: digest, minutes: minutes, issuedAt: claims.issuedAt, at: now) { return result }
        do {
            return try result(of: digest, minutes: minutes, issuedAt: claims.issuedAt, at: now)
        } catch let error as AuditSourceError {
            return .unreadable(error.reason, error.hint)
        } catch let error as TraceLogError {
            return .unreadable(error.reason, error.hint)
        } catch {
            return .unreadable("\(error)", "report this")
        }
    }

    /// The minutes in which a code can have been issued.
    private static func minutes(of claims: Claims) -> Range<UInt64> {
        let begin = min(claims.issuedAt, 1 << 50) / 60
        var before = slackMinutes
        if claims.form == .person {
            let lifetime = (claims.expiresAt ?? claims.issuedAt) / 60 - min(begin, (claims.expiresAt ?? 0) / 60)
            before += min(lifetime, minutesMax) * stripCountMax + renewalMinutes
        }
        return begin - min(begin, min(before, minutesMax))..<begin + slackMinutes + 1
    }

    private func result(
        of digest: MerkleHash, minutes: Range<UInt64>, issuedAt: UInt64, at now: UInt64
    ) throws -> IssuanceResult {
        guard let checkpoint = try checkpoint() else { return .notYet("the issuer publishes no log of its acts") }
        guard let bytes = try source.read(IssuedStatement.indexPath, byteCountMax: IssuedIndex.byteCountMax) else {
            return .notYet("the issuer has not published any issued codes yet")
        }
        let index = try IssuedIndex(bytes: bytes)
        let lines = index.lines.filter { ($0.minute..<$0.minute + $0.span).overlaps(minutes) }
        var tree = TileNodeSource(size: checkpoint.size, source: source)
        var found: IssuedIndex.Line?
        var isShorter = false
        // Every file is read, also once the code is found: the end of the reading would tell where it was.
        for line in lines {
            guard line.entryIndex < checkpoint.size else {
                isShorter = true
                continue
            }
            let statement = try statement(of: line, checkpoint, &tree)
            let file = try statement.file(statement.prefix(of: digest), source)
            if file.contains(digest) { found = line }
        }
        if let found { return .issued(minutes: found.minute..<found.minute + found.span) }
        if isShorter { return .notYet("the published checkpoint does not cover every set of issued codes yet") }
        let isYoung = now < Self.publicationSeconds || issuedAt > now - Self.publicationSeconds
        guard !isYoung, index.through * 60 >= issuedAt + Self.publicationSeconds else {
            return .notYet("the codes that were issued at this code's time are not all published yet")
        }
        return .missing
    }

    /// The log's checkpoint, signed by its key; nil when none is published.
    private func checkpoint() throws -> Checkpoint? {
        guard let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) else { return nil }
        let note = try SignedNote(bytes: bytes)
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.isOf(key.name), note.isSigned(by: key) else {
            throw TraceLogError(
                code: .malformedCheckpoint,
                reason: note.otherLog(than: key, checkpoint) ?? "the log's key has not signed the checkpoint",
                hint: "name the key of this issuer's log of acts: `suishen log key --log acts`")
        }
        return checkpoint
    }

    /// The statement about a set, proved to be an entry of the log.
    private func statement(
        of line: IssuedIndex.Line, _ checkpoint: Checkpoint, _ tree: inout TileNodeSource
    ) throws -> IssuedStatement {
        let number = line.entryIndex / UInt64(TilePath.fullWidth)
        let width = TilePath.width(kind: .entries, index: number, size: checkpoint.size)
        let path = TilePath(kind: .entries, index: number, width: width)
        let full = TilePath(kind: .entries, index: number)
        let bytes: [UInt8]
        var bundleWidth = width
        if let found = try source.read(path.path, byteCountMax: EntryBundle.byteCountMax) {
            bytes = found
        } else if let found = try source.read(full.path, byteCountMax: EntryBundle.byteCountMax) {
            (bytes, bundleWidth) = (found, TilePath.fullWidth)
        } else {
            throw TraceLogError.missing(path.path)
        }
        let bundle = try EntryBundle(bytes: bytes, width: bundleWidth)
        let entry = bundle.entry(Int(line.entryIndex % UInt64(TilePath.fullWidth)))
        var hasher = MerkleHasher()
        let proof = try InclusionProof(leafIndex: line.entryIndex, treeSize: checkpoint.size, from: &tree)
        guard proof.isValid(leaf: hasher.leaf(entry), root: checkpoint.root) else {
            throw TraceLogError(
                code: .malformedProof, reason: "entry \(line.entryIndex) is not part of the checkpoint's log",
                hint: "audit the log with `chain-verify audit`")
        }
        guard case .act(let act) = try Entry.decode(entry).event, let statement = IssuedStatement(act),
            line.isOf(statement)
        else { throw TraceLogError.issuedFile("the list names an entry that states another set") }
        return statement
    }
}

extension TraceLogError {
    fileprivate static func missing(_ path: String) -> TraceLogError {
        TraceLogError(
            code: .inputUnreadable, reason: "\(path) of the published log is missing",
            hint: "name the folder or the address of the whole log of acts")
    }
}
