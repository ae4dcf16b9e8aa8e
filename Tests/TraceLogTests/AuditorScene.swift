import LogForge
import Signing
import TraceLog

/// A log of 10,000 events over 500 objects, and what an auditor knows of it.
struct AuditorScene: Sendable {
    static let eventCount = 10_000
    static let objectCount = 500
    static let headsInterval = 2_500

    let logKey: SigningKey
    let actorKey: SigningKey
    let script: LogScript
    let openings: OpeningIndex
    /// Indices of entries that hold a commitment which the openings open.
    let opened: [UInt64]

    static let shared = Result { try AuditorScene(eventCount: eventCount, objectCount: objectCount) }

    init(eventCount: Int, objectCount: Int) throws {
        logKey = try SigningKey.generate(.ed25519)
        actorKey = try SigningKey.generate(.ed25519)
        var script = LogScript()
        var openings = OpeningIndex()
        var opened: [UInt64] = []
        let change = KeyStatusChange(actor: LogScript.actor, status: .active, key: actorKey.verificationKey)
        try script.append(.log, .keyStatus(change))
        for number in 0..<eventCount {
            // A stride of 7 touches all objects and never the same one twice in a row.
            let object = LogScript.object(number * 7 % objectCount)
            var commitments: [MerkleHash] = []
            if number % 1000 == 17 {
                let opening = try Opening(
                    salt: [UInt8](repeating: UInt8(number / 1000), count: 16), name: "phone", value: "1380000\(number)")
                openings.add(opening, index: UInt64(script.entries.count))
                opened.append(UInt64(script.entries.count))
                commitments = [opening.commitment]
            }
            try script.append(
                object, LogScript.inspection(number), commitments: commitments,
                signer: number % 100 == 3 ? actorKey : nil)
            if number % Self.headsInterval == Self.headsInterval - 1 { try script.appendHeads() }
        }
        self.script = script
        self.openings = openings
        self.opened = opened
    }

    func log(_ entries: [[UInt8]]? = nil) throws -> ForgedLog {
        try ForgedLog(entries: entries ?? script.entries, key: logKey)
    }

    func key() throws -> NoteKey {
        try NoteKey(name: ForgedLog.origin, kind: .ed25519, key: logKey.verificationKey)
    }

    func options(anchors: [Checkpoint] = []) throws -> AuditOptions {
        var options = AuditOptions()
        options.key = try key()
        options.anchors = anchors
        return options
    }

    func audit(_ log: ForgedLog, anchors: [Checkpoint] = []) async throws -> AuditReport {
        try await Auditor(source: log, options: options(anchors: anchors)).audit().report
    }

    /// The index of an event in the middle that is neither signed nor the object's last.
    var target: Int { script.entries.count / 2 + 11 }

    func object(_ index: Int) -> [UInt8] { script.decoded[index].object.bytes }
}
