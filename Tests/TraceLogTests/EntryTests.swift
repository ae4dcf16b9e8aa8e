import Signing
import Testing

@testable import TraceLog

@Suite("An entry")
struct EntryTests {
    static func sample() throws -> Entry {
        var event = TraceEvent(timeMilliseconds: -5, offsetMinutes: 480, step: .inspecting, disposition: .active)
        event.readPoint = "urn:epc:id:sgln:4012345.00005.0"
        event.businessLocation = "Nanjing Road 1"
        event.coordinates = Coordinates(
            latitudeMicrodegrees: 31_230_000, longitudeMicrodegrees: 121_470_000, reference: .cgcs2000)
        event.transactions = [.init(type: nil, identifier: "order 7"), .init(type: "po", identifier: "8")]
        event.sensorElements = [
            SensorElement(
                timeMilliseconds: 9, device: "d", reports: [.init(type: "Temperature", value: "26.5", unit: "CEL")])
        ]
        event.fields = [.init(name: "pressure", value: "8 bar"), .init(name: "valve", value: "ok")]
        event.corrects = 3
        return Entry(
            object: try #require(ObjectID([1, 2, 3, 4, 5, 6, 7, 8])), sequence: 4,
            previous: EntryLink(leafHash: .emptyRoot, index: 17), recordedAtMilliseconds: 1_700_000_000_123,
            actor: "91310000MA1FL0000X", keyIdentifier: [1, 2, 3, 4], event: .observed(event),
            commitments: [.emptyRoot])
    }

    static func kinds() throws -> [Entry] {
        let key = try SigningKey(seed: [UInt8](repeating: 3, count: 32), algorithm: .ed25519)
        var entries = [try sample()]
        let events: [LogEvent] = [
            .erased(Erasure(index: 5, commitments: [.emptyRoot], reason: "asked for")),
            .keyStatus(KeyStatusChange(actor: "91310000MA1FL0000X", status: .revoked, key: key.verificationKey)),
            .heads(HeadsStatement(entryCount: 9, objectCount: 2, root: .emptyRoot)),
        ]
        for event in events {
            entries.append(
                Entry(object: .log, sequence: 0, previous: nil, recordedAtMilliseconds: 1, actor: "", event: event))
        }
        var signed = try sample()
        signed.signature = try ActorSignature.sign(signed, by: key)
        entries.append(signed)
        return entries
    }

    @Test("comes back from its bytes, and its scan says the same")
    func roundTrip() throws {
        for entry in try Self.kinds() {
            let bytes = try entry.encoded()
            #expect(try Entry.decode(bytes[...]) == entry)
            let scanned = EntryScanner(bytes.span)
            let scan = try #require(scanned)
            #expect(Array(bytes[scan.objectRange]) == entry.object.bytes)
            #expect(scan.sequence == entry.sequence && scan.previous == entry.previous)
            #expect(scan.recordedAtMilliseconds == entry.recordedAtMilliseconds)
            #expect(scan.eventKind == entry.event.kind)
            #expect(scan.isSigned == (entry.signature != nil))
        }
    }

    @Test("that decodes is its own one encoding, and its scan agrees, after any change of one bit")
    func bitFlips() throws {
        for entry in try Self.kinds() {
            let bytes = try entry.encoded()
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[index] ^= 1 << UInt8(bit)
                    guard let read = try? Entry.decode(changed[...]) else { continue }
                    #expect(try read.encoded() == changed, "byte \(index) bit \(bit)")
                    let scanned = EntryScanner(changed.span)
                    #expect(scanned != nil, "byte \(index) bit \(bit)")
                }
            }
        }
    }

    @Test("that is cut short anywhere is refused by both readers")
    func truncated() throws {
        let bytes = try Self.sample().encoded()
        for count in bytes.indices {
            #expect(throws: TraceLogError.self) { try Entry.decode(bytes[..<count]) }
            let cut = Array(bytes[..<count])
            let scanned = EntryScanner(cut.span)
            #expect(scanned == nil)
        }
        let longer = bytes + [0]
        let scanned = EntryScanner(longer.span)
        #expect(scanned == nil)
    }

    @Test("takes the vocabulary's terms only")
    func terms() {
        #expect(throws: TraceLogError.self) { try BusinessStep(term: "polishing") }
        #expect(throws: TraceLogError.self) { try Disposition(term: "Active") }
    }

    @Test("is signed alone or in a batch, and no other entry takes the signature")
    func signatures() throws {
        let key = try SigningKey(seed: [UInt8](repeating: 3, count: 32), algorithm: .ed25519)
        var batch: [Entry] = []
        for sequence in 0..<5 {
            var entry = try Self.sample()
            entry.sequence = UInt64(sequence)
            batch.append(entry)
        }
        let signatures = try ActorSignature.signBatch(batch, by: key)
        for (index, signature) in signatures.enumerated() {
            #expect(isSigned(batch[index], signature, by: key))
            #expect(!isSigned(batch[(index + 1) % 5], signature, by: key))
        }
        let alone = try ActorSignature.sign(batch[0], by: key)
        #expect(isSigned(batch[0], alone, by: key))
        #expect(!isSigned(batch[1], alone, by: key))
    }

    private func isSigned(_ entry: Entry, _ signature: ActorSignature, by key: SigningKey) -> Bool {
        var entry = entry
        entry.signature = signature
        return entry.signatureClaim?.isValid(by: key.verificationKey) == true
    }

    @Test("commits to a personal field so that only its own opening fits")
    func openings() throws {
        let salt = [UInt8](repeating: 1, count: 16)
        let opening = try Opening(salt: salt, name: "ab", value: "c")
        #expect(try opening.commitment != Opening(salt: salt, name: "a", value: "bc").commitment)
        #expect(throws: TraceLogError.self) { try Opening(salt: [1], name: "a", value: "b") }
    }
}
