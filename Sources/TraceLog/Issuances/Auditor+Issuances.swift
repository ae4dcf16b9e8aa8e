extension Auditor {
    /// Audits a log of acts, and compares the published sets of issued codes with it.
    ///
    /// Each set's files must have the root that the log states, and the codes of each of its minutes the root that the
    /// log has stated of that minute.
    ///
    /// - Parameter source: the published files, which the auditor reads the log from too.
    /// - Returns: the report, the checkpoint's note where it could be read, and the number of codes in the sets.
    /// - Throws: `AuditSourceError` when a file could not be read.
    package func auditIssuances(
        in source: some AuditSource
    ) async throws -> (report: AuditReport, note: SignedNote?, codeCount: UInt64) {
        let outcome = try await audit(watching: ObjectKey(ActTerm.issued.stream))
        var findings = outcome.report.findings
        var statements: [UInt64: IssuedStatement] = [:]
        var minutes: [UInt64: IssuedStatement] = [:]
        for (entry, link) in outcome.watched {
            guard case .act(let act) = entry.event, let statement = IssuedStatement(act) else { continue }
            statements[link.index] = statement
            if statement.span == 1 { minutes[statement.minute] = statement }
        }
        var codeCount: UInt64 = 0
        do throws(TraceLogError) {
            for line in try IssuedIndex(from: source)?.lines ?? [] where line.entryIndex < outcome.report.size {
                codeCount += line.count
                guard let statement = statements[line.entryIndex], line.isOf(statement) else {
                    findings.append(.issued(line.entryIndex, "the list of sets names another set than the entry"))
                    continue
                }
                if let detail = try statement.difference(from: minutes, source) {
                    findings.append(.issued(line.entryIndex, detail))
                }
            }
        } catch {
            guard error.code != .inputUnreadable else {
                throw AuditSourceError(code: .unreadable, reason: error.reason, hint: error.hint)
            }
            findings.append(.issued(nil, error.reason))
        }
        return (outcome.report.with(findings), outcome.note, codeCount)
    }
}

extension IssuedIndex {
    /// Reads the published list; nil when there is none.
    fileprivate init?(from source: some AuditSource) throws(TraceLogError) {
        let bytes: [UInt8]?
        do throws(AuditSourceError) {
            bytes = try source.read(IssuedStatement.indexPath, byteCountMax: Self.byteCountMax)
        } catch {
            throw .unreadable(error)
        }
        guard let bytes else { return nil }
        try self.init(bytes: bytes)
    }
}

extension IssuedStatement {
    /// The difference between a set's files and the statements about its minutes; nil when there is none.
    fileprivate func difference(
        from minutes: [UInt64: IssuedStatement], _ source: some AuditSource
    ) throws(TraceLogError) -> String? {
        var leaves: [UInt64: [IssuedLeaf]] = [:]
        var count: UInt64 = 0
        for prefix in 0..<(1 << bitCount) {
            let file: IssuedFile
            do throws(TraceLogError) {
                file = try self.file(UInt16(prefix), source)
            } catch {
                guard error.code != .inputUnreadable else { throw error }
                return error.reason
            }
            // The leaves beside the file's own belong to the files beside it.
            for leaf in file.leaves where self.prefix(of: leaf.digest) == UInt16(prefix) {
                count += 1
                leaves[minute + UInt64(leaf.offset), default: []].append(IssuedLeaf(digest: leaf.digest, offset: 0))
            }
        }
        guard count == self.count else {
            return "the set's files have \(count) codes, and the log states \(self.count)"
        }
        let stated = minutes.keys.filter(self.minutes.contains)
        guard Set(stated) == Set(leaves.keys) else {
            return "the set has codes of other minutes than those that the log states"
        }
        for (minute, leaves) in leaves where IssuedTree(leaves).root != minutes[minute]?.root {
            return "the set's codes of minute \(minute) do not lead to the root that the log states of it"
        }
        return nil
    }

    /// Reads and checks the file of these first bits.
    ///
    /// - Throws: `malformed_issued_file`; `input_unreadable` when the file cannot be read.
    package func file(_ prefix: UInt16, _ source: some AuditSource) throws(TraceLogError) -> IssuedFile {
        let bytes: [UInt8]?
        do throws(AuditSourceError) {
            bytes = try source.read(path(of: prefix), byteCountMax: IssuedFile.byteCountMax)
        } catch {
            throw .unreadable(error)
        }
        guard let bytes else { throw .issuedFile("\(path(of: prefix)) is missing") }
        let file = try IssuedFile(bytes: bytes)
        try file.check(self, prefix: prefix)
        return file
    }
}

extension AuditFinding {
    fileprivate static func issued(_ index: UInt64?, _ detail: String) -> AuditFinding {
        AuditFinding(.issuedMismatch, index: index, object: ActTerm.issued.stream.bytes, detail: detail)
    }
}
