import Credential
import Gate
import Signing
import Storage

/// What a pass over the sealed keys of a published tree has done.
package struct KeysPublication: Sendable, Equatable {
    /// The gates that got a new file.
    package var writtenCount = 0
    /// The gates whose file was removed: suspended, revoked or unknown ones.
    package var removedCount = 0
}

extension IssuingService {
    /// The most gates that one step looks at.
    static let keysLookCountMax = 10_000
    /// The most gates whose keys one step seals, so that a revocation waits for few signatures.
    static let keysSealCountMax = 250

    /// Brings the sealed keys of all gates in a published tree up to date.
    ///
    /// - Parameters:
    ///   - path: the tree's folder.
    ///   - caller: the user who publishes, and the time.
    /// - Returns: the counts of replaced and removed files.
    /// - Throws: `output_unwritable`, `output_busy`, or the error of a key or the registry.
    package func publishKeys(to path: String, by caller: Caller) async throws(OperationError) -> KeysPublication {
        var publication = KeysPublication()
        var pass = try keysPass(over: path, by: caller)
        while !pass.isComplete { try await publishKeys(&pass, to: path, by: caller, &publication) }
        return publication
    }

    /// What the files of a pass that begins now have in common.
    func keysMark(for caller: Caller) throws(OperationError) -> KeysPass.Mark {
        let time = try signingClock.time(at: caller.nowMilliseconds)
        let signer = try signingKeys.bundleKey(at: time).key.verificationKey
        return KeysPass.Mark(days: epochDays(at: time.seconds), signer: signer.keyIdentifier)
    }

    /// Begins a pass.
    func keysPass(over path: String, by caller: Caller) throws(OperationError) -> KeysPass {
        let mark = try keysMark(for: caller)
        return KeysPass(mark, keyed: try PublishedTree(path, reader: treeReader).keyedGates())
    }

    /// Does one step of a pass: looks at the next gates, and seals what is due.
    ///
    /// A file stays while it is the gate's newest, for these domains and days and by this key. A change of the gate's
    /// receiving key takes the time of a newer file in the registry; so the published one is no longer the newest.
    ///
    /// - Throws: as ``publishKeys(to:by:)``; the pass then goes on from the same gate.
    func publishKeys(
        _ pass: inout KeysPass, to path: String, by caller: Caller, _ publication: inout KeysPublication
    ) async throws(OperationError) {
        do {
            let tree = try PublishedTree(path, reader: treeReader)
            let signer = try signingKeys.bundleKey(at: signingClock.time(at: caller.nowMilliseconds)).key
            var kept: Set<GateIdentifier> = []
            var due: [GateIdentifier] = []
            var (last, lookCount, isLast) = (pass.last, 0, false)
            while !isLast, lookCount < Self.keysLookCountMax, due.count < Self.keysSealCountMax {
                let (after, count) = (last?.bytes, Self.keysSealCountMax - due.count)
                let page = try database.read { try $0.gates(after: after, count: count) }
                for record in page {
                    last = GateIdentifier(bytes: record.identifier)
                    guard record.getsKeys, let gate = last else { continue }
                    let file = keysReader.file(of: gate, in: tree, signer: signer.verificationKey)
                    if file?.isCurrent(for: record, pass.mark) == true { kept.insert(gate) } else { due.append(gate) }
                }
                lookCount += page.count
                isLast = page.count < count
            }
            let files = try await sealedKeys(ofPage: due, by: caller)
            try tree.writeKeys(files)
            kept.formUnion(files.compactMap { SealedEpochKeys.gate(ofPath: $0.path) })
            publication.writtenCount += files.count
            for gate in pass.advance(to: isLast ? nil : last, keeping: kept) {
                try tree.removeKeys(of: gate)
                publication.removedCount += 1
            }
        } catch {
            throw OperationError(any: error)
        }
    }
}

extension PublishedKeysReader.File {
    /// Whether a file that is made now would say the same.
    fileprivate func isCurrent(for gate: GateRecord, _ mark: KeysPass.Mark) -> Bool {
        issuedAt == gate.keysIssuedAt && days == mark.days && signer == mark.signer
            && domains == Set(gate.domains.compactMap(SealDomain.init(rawValue:)))
    }
}
