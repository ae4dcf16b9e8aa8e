import Signing
import TraceLog

extension Tamperer {
    /// A log whose entries were changed by somebody who holds the log's key, so that it contradicts itself.
    func entryTampered(_ way: Tampering, key: SigningKey) throws -> TamperedLog {
        let index = UInt64(target)
        var changed = entries
        switch way {
        case .deleteEntry:
            changed.remove(at: target)
            return try signed(changed, key: key, expectation(of: changed))
        case .insertEntry:
            var entry = decoded[target]
            entry.object = LogScript.object(0x7A3F_0001)
            entry.sequence = 0
            entry.previous = nil
            changed.insert(try entry.encoded(), at: target)
            return try signed(changed, key: key, expectation(of: changed))
        case .swapEntries:
            changed.swapAt(target, target + 1)
            return try signed(changed, key: key, expectation(of: changed))
        case .moveEntry:
            var entry = decoded[target]
            entry.object = LogScript.object(0x7A3F_0001)
            changed[target] = try entry.encoded()
            return try signed(changed, key: key, .init("sequence_gap", index: index, object: entry.object.bytes))
        case .malformedEntry:
            changed[target] = [0x8B, 0x01] + changed[target].dropFirst(2).dropLast()
            return try signed(changed, key: key, .init("malformed_entry", index: index, object: targetObject))
        case .repeatEvent:
            changed.append(changed[target])
            return try signed(changed, key: key, expectation(of: changed))
        case .boundlessSize:
            var note = SignedNote(
                text: Checkpoint(origin: checkpoint.origin, size: 1 << 62, root: checkpoint.root).text)
            try note.sign(name: checkpoint.origin, key: key)
            return TamperedLog(changes: ["checkpoint": note.bytes], expected: .init("checkpoint_signature"))
        case .secondOrigin:
            let other = Checkpoint(
                origin: "\(checkpoint.origin)/second", size: checkpoint.size, root: checkpoint.root)
            var note = SignedNote(text: other.text)
            try note.sign(name: checkpoint.origin, key: key)
            return TamperedLog(changes: ["checkpoint": note.bytes], expected: .init("checkpoint_signature"))
        case .lostOpening, .foreignErasure, .earlyErasure, .copiedCommitment:
            return try withoutOpenings(way, key: key)
        default: return try appended(way, key: key)
        }
    }

    /// A log with false entries after the honest ones.
    private func appended(_ way: Tampering, key: SigningKey) throws -> TamperedLog {
        var script = try LogScript(entries: entries)
        let object = decoded[target].object
        let code: String
        switch way {
        case .sameSequence:
            try script.append(object, LogScript.inspection(1), sequence: script.chains[object]?.sequence)
            code = "duplicate_event"
        case .clockBack:
            script.timeMilliseconds -= 10
            try script.append(object, LogScript.inspection(1))
            code = "time_regression"
        case .revokedKey:
            let actor = try SigningKey.generate(.ed25519)
            for status in [KeyStatusChange.Status.active, .revoked] {
                let change = KeyStatusChange(actor: LogScript.actor, status: status, key: actor.verificationKey)
                try script.append(.log, .keyStatus(change))
                try script.append(object, LogScript.inspection(1), signer: actor)
            }
            code = "key_revoked"
        case .revivedKey:
            let actor = try SigningKey.generate(.ed25519)
            for status in [KeyStatusChange.Status.active, .revoked, .active] {
                let change = KeyStatusChange(actor: LogScript.actor, status: status, key: actor.verificationKey)
                try script.append(.log, .keyStatus(change))
            }
            let last = UInt64(script.entries.count - 1)
            try script.append(object, LogScript.inspection(1), signer: actor)
            return try signed(script.entries, key: key, .init("key_revoked", index: last, object: []))
        case .forgedSignature:
            let actor = try SigningKey.generate(.ed25519)
            let change = KeyStatusChange(actor: LogScript.actor, status: .active, key: actor.verificationKey)
            try script.append(.log, .keyStatus(change))
            var signed = script
            try signed.append(object, LogScript.inspection(2), signer: actor)
            var entry = signed.decoded[signed.decoded.count - 1]
            entry.event = LogScript.inspection(3)
            try script.append(entry)
            code = "actor_signature"
        case .flippedSignature, .foreignSignature, .forgedBatch, .missingBatchMember:
            return try badlySigned(way, after: script, key: key)
        case .strayHeads:
            try script.append(object, .heads(script.heads()))
            code = "heads_mismatch"
        case .strayKeyStatus:
            let key = try SigningKey.generate(.ed25519).verificationKey
            try script.append(
                object, .keyStatus(KeyStatusChange(actor: LogScript.actor, status: .active, key: key)))
            code = "actor_signature"
        case .lyingHeads, .hideEarlier:
            return try lyingHeads(after: script, key: key, isFarBack: way == .hideEarlier)
        default:
            var honest = script
            try honest.append(object, LogScript.inspection(1))
            try script.append(object, LogScript.inspection(2))
            try script.append(.log, .heads(honest.heads()))
            let last = UInt64(script.entries.count - 1)
            var log = try signed(script.entries, key: key, .init("heads_mismatch", index: last, object: []))
            log.hidden = object
            return log
        }
        let last = UInt64(script.entries.count - 1)
        return try signed(script.entries, key: key, .init(code, index: last, object: object.bytes))
    }

    /// A log with a heads entry and its list that leave out the object's newest event.
    ///
    /// `isFarBack` puts that event into a bundle that has neither the heads entry nor an older event of the object.
    private func lyingHeads(after script: LogScript, key: SigningKey, isFarBack: Bool) throws -> TamperedLog {
        var script = script
        let object = decoded[target].object
        func fillBundle() throws {
            while isFarBack, script.entries.count % TilePath.fullWidth != 0 {
                try script.append(LogScript.object(0x7A3F_0002), LogScript.inspection(2))
            }
        }
        try fillBundle()
        let listed = script.chains[object]
        try script.append(object, LogScript.inspection(1))
        try fillBundle()
        let heads = script.chains.merging([object: listed].compactMapValues { $0 }) { $1 }.sorted { $0.key < $1.key }
            .map { ObjectHead(object: $0.key, sequence: $0.value.sequence, link: $0.value.link) }
        let last = UInt64(script.entries.count)
        try script.append(.log, .heads(ObjectHead.statement(entryCount: last, sortedHeads: heads)))
        var log = try signed(script.entries, key: key, .init("heads_mismatch", index: last, object: []))
        HeadsList.write(index: last, sortedHeads: heads) { log.changes[$0] = $1 }
        log.hidden = object
        return log
    }

    /// A log with other or fewer entries, which does not contradict itself but contradicts the honest log's checkpoint.
    func rewritten(_ way: Tampering, key: SigningKey) throws -> TamperedLog {
        let kept = entries.count - max(1, entries.count / 10)
        switch way {
        case .cutTail: return try signed(Array(entries[..<kept]), key: key, .init("truncated", index: UInt64(kept)))
        case .oldCheckpoint:
            var old = try signed(Array(entries[..<kept]), key: key, .init("checkpoint_rollback", index: UInt64(kept)))
            // The newer files stay where they are.
            old.isWhole = false
            return old
        case .fork:
            var script = try LogScript(entries: Array(entries[..<kept]))
            for number in 0..<(entries.count - kept) {
                try script.append(decoded[(kept + number * 7) % kept].object, LogScript.inspection(number))
            }
            return try signed(script.entries, key: key, .init("fork", index: 0))
        default:
            var script = LogScript()
            for entry in decoded {
                script.timeMilliseconds = entry.recordedAtMilliseconds
                guard case .observed(var event) = entry.event else {
                    try script.append(entry.object, entry.event.kind == .heads ? .heads(script.heads()) : entry.event)
                    continue
                }
                if way == .rewriteAll || entry.object == decoded[target].object { event.step = .repairing }
                try script.append(entry.object, .observed(event), commitments: entry.commitments)
            }
            return try signed(script.entries, key: key, .init("fork", index: 0))
        }
    }

    /// The first rule that these entries break, found without the auditor's own code.
    private func expectation(of entries: [[UInt8]]) throws -> TamperedLog.Expectation {
        var newest: [ObjectID: (count: UInt64, link: EntryLink)] = [:]
        var time: UInt64 = 0
        var hasher = MerkleHasher()
        for (position, bytes) in entries.enumerated() {
            let entry = try Entry.decode(bytes[...])
            let (count, link) = newest[entry.object].map { ($0.count, $0.link as EntryLink?) } ?? (0, nil)
            let code: String? =
                if entry.sequence < count {
                    "duplicate_event"
                } else if entry.sequence > count {
                    "sequence_gap"
                } else if entry.previous != link {
                    "chain_break"
                } else if entry.recordedAtMilliseconds < time {
                    "time_regression"
                } else if case .heads(let heads) = entry.event, heads.entryCount != position {
                    "heads_mismatch"
                } else {
                    nil
                }
            if let code { return .init(code, index: UInt64(position), object: entry.object.bytes) }
            time = entry.recordedAtMilliseconds
            newest[entry.object] = (
                count + 1, EntryLink(leafHash: hasher.leaf(bytes), index: UInt64(position))
            )
        }
        return .init("ok")
    }
}
