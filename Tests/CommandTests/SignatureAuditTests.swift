import Encoding
import LogForge
import Signing
import Testing
import TraceLog

@Suite("chain-verify audit --signatures")
struct SignatureAuditTests {
    private static let object = LogScript.object(1)
    private static let stranger = "91310000MA1FL0001Y"

    private let place: AuditedLog
    private let key: SigningKey
    private let other: SigningKey
    private var script = LogScript()

    init() throws {
        place = try AuditedLog()
        key = try SigningKey.generate(.es256)
        other = try SigningKey.generate(.ed25519)
        for (signer, actor) in [(key, LogScript.actor), (other, Self.stranger)] {
            try script.append(
                .log, .keyStatus(KeyStatusChange(actor: actor, status: .active, key: signer.verificationKey)))
        }
        try script.append(Self.object, LogScript.inspection(0), signer: key)
        try script.append(Self.object, LogScript.inspection(1))
        for entry in try batch(of: 5, from: 100) { try script.append(entry) }
    }

    /// The first entries of `count` objects, under one signature of the actor.
    private func batch(of count: Int, from first: Int) throws -> [Entry] {
        var entries = (0..<count).map { number in
            Entry(
                object: LogScript.object(first + number), sequence: 0, previous: nil,
                recordedAtMilliseconds: script.timeMilliseconds, actor: LogScript.actor,
                keyIdentifier: KeyStatusChange.keyIdentifier(of: key.verificationKey),
                event: LogScript.inspection(number))
        }
        for (position, signature) in try ActorSignature.signBatch(entries, by: key).enumerated() {
            entries[position].signature = signature
        }
        return entries
    }

    /// Audits the log with each setting and its own checkpoint, and compares the codes for all, batch and none.
    private func expect(
        _ script: LogScript, all: String, batch: String, none: String = "ok",
        location: SourceLocation = #_sourceLocation
    ) throws {
        let log = try ForgedLog(entries: script.entries, key: place.logKey)
        try place.write(log, to: "log")
        let anchor = try place.anchor(log)
        let last = Int64(script.entries.count - 1)
        for (setting, code) in [("all", all), ("batch", batch), ("none", none)] {
            let answer = try place.audit("log", ["--anchor", anchor, "--signatures", setting])
            #expect(answer.code == code, "\(setting)", sourceLocation: location)
            #expect(answer.status == (code == "ok" ? 0 : 1), "\(setting)", sourceLocation: location)
            guard code != "ok" else { continue }
            #expect(answer.first?["index"]?.integer == last, "\(setting)", sourceLocation: location)
            #expect(answer.report["findings"]?.array?.count == 1, "\(setting)", sourceLocation: location)
        }
        let unset = try place.audit("log", ["--anchor", anchor])
        #expect(unset.code == all, "all is the default", sourceLocation: location)
    }

    /// A script with an event that was changed after a valid signature.
    private func appending(_ script: LogScript, signer: SigningKey, change: (inout Entry) -> Void) throws -> LogScript {
        var honest = script
        try honest.append(Self.object, LogScript.inspection(7), signer: signer)
        var entry = honest.decoded[honest.decoded.count - 1]
        change(&entry)
        var forged = script
        try forged.append(entry)
        return forged
    }

    @Test("accepts events that actors signed alone and in a batch, in any suite")
    func good() throws {
        try expect(script, all: "ok", batch: "ok")
    }

    @Test("finds one wrong signature when signatures of its kind are checked")
    func wrong() throws {
        try expect(
            appending(script, signer: key) { $0.event = LogScript.inspection(8) }, all: "actor_signature", batch: "ok")
        try expect(
            appending(script, signer: key) { entry in
                guard case .alone(var bytes)? = entry.signature else { return }
                bytes[40] ^= 1
                entry.signature = .alone(bytes)
            }, all: "actor_signature", batch: "ok")
        var batched = script
        var entry = try batch(of: 2, from: 200)[0]
        // Signed for another object, so that the path leads to no signed batch.
        entry.object = LogScript.object(300)
        try batched.append(entry)
        try expect(batched, all: "actor_signature", batch: "actor_signature")
    }

    @Test("finds a key that is unknown, another actor's, or missing")
    func unknown() throws {
        try expect(
            appending(script, signer: SigningKey.generate(.ed25519)) { _ in }, all: "actor_signature", batch: "ok")
        try expect(appending(script, signer: other) { _ in }, all: "actor_signature", batch: "ok")
        try expect(appending(script, signer: key) { $0.keyIdentifier = nil }, all: "actor_signature", batch: "ok")
    }

    @Test("finds a key that becomes valid again, whichever signatures are checked, and accepts a repeated end")
    func revived() throws {
        for (ends, isGood) in [
            ([KeyStatusChange.Status.retired, .revoked, .revoked], true), ([.retired, .retired], true),
            ([.retired, .active], false), ([.revoked, .active], false), ([.revoked, .retired], false),
        ] {
            var log = script
            for status in ends {
                try log.append(
                    .log, .keyStatus(KeyStatusChange(actor: LogScript.actor, status: status, key: key.verificationKey)))
            }
            let code = isGood ? "ok" : "key_revoked"
            try expect(log, all: code, batch: code, none: code)
        }
    }

    @Test("finds a key that was revoked or retired before the entry, and accepts its earlier signatures")
    func revoked() throws {
        for status in [KeyStatusChange.Status.revoked, .retired] {
            var ended = script
            try ended.append(
                .log, .keyStatus(KeyStatusChange(actor: LogScript.actor, status: status, key: key.verificationKey)))
            try expect(ended, all: "ok", batch: "ok")
            try ended.append(Self.object, LogScript.inspection(9), signer: key)
            try expect(ended, all: "key_revoked", batch: "ok")
        }
    }
}
