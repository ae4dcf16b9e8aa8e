import Signing
import TraceLog

extension Tamperer {
    /// A log that ends with an invalid signature under a registered key, or with an incomplete batch.
    func badlySigned(_ way: Tampering, after script: LogScript, key: SigningKey) throws -> TamperedLog {
        var script = script
        let object = decoded[target].object
        let actor = try SigningKey.generate(.ed25519)
        // The key is registered for another actor, and is valid for that actor.
        let owner = way == .foreignSignature ? "91310000MA1FL0001Y" : LogScript.actor
        try script.append(
            .log, .keyStatus(KeyStatusChange(actor: owner, status: .active, key: actor.verificationKey)))
        let first = UInt64(script.entries.count)
        switch way {
        case .forgedBatch:
            var entries = try script.batch(count: 3, signer: actor)
            entries[1].event = LogScript.inspection(9)
            for entry in entries { try script.append(entry) }
            return try signed(
                script.entries, key: key,
                .init("actor_signature", index: first, object: entries[0].object.bytes))
        case .missingBatchMember:
            let entries = try script.batch(count: 3, signer: actor)
            for entry in entries.dropLast() { try script.append(entry) }
            return try signed(
                script.entries, key: key,
                .init("actor_signature", index: first, object: entries[0].object.bytes))
        default:
            var signed = script
            try signed.append(object, LogScript.inspection(2), signer: actor)
            var entry = signed.decoded[signed.decoded.count - 1]
            if way == .flippedSignature, case .alone(var bytes)? = entry.signature {
                bytes[40] ^= 1
                entry.signature = .alone(bytes)
            }
            try script.append(entry)
            return try self.signed(
                script.entries, key: key, .init("actor_signature", index: first, object: object.bytes))
        }
    }
}

extension LogScript {
    /// First entries of new objects, signed once by the actor.
    func batch(count: Int, signer: SigningKey) throws(TraceLogError) -> [Entry] {
        var entries = (0..<count).map { number in
            Entry(
                object: Self.object(0x7A3F_1000 + number), sequence: 0, previous: nil,
                recordedAtMilliseconds: timeMilliseconds, actor: Self.actor,
                keyIdentifier: KeyStatusChange.keyIdentifier(of: signer.verificationKey),
                event: Self.inspection(number))
        }
        for (position, signature) in try ActorSignature.signBatch(entries, by: signer).enumerated() {
            entries[position].signature = signature
        }
        return entries
    }
}
