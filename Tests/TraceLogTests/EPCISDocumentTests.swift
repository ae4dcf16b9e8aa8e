import Encoding
import TestSupport
import Testing

@testable import TraceLog

@Suite("An EPCIS document")
struct EPCISDocumentTests {
    private static let link = EntryLink(leafHash: .emptyRoot, index: 18)

    private static func entry(_ change: (inout TraceEvent) -> Void = { _ in }) throws -> Entry {
        var entry = try EntryTests.sample()
        guard case .observed(var event) = entry.event else { return entry }
        change(&event)
        entry.event = .observed(event)
        entry.commitments = []
        return entry
    }

    private static func export(_ entries: [Entry]) throws -> JSONValue {
        let document = try EPCISDocument.export(entries.map { ($0, link) }, creationMilliseconds: 1_700_000_000_000)
        // As a reader elsewhere gets it: through its text.
        return try JSONValue.parse(document.encoded().utf8, byteCountMax: 1 << 20)
    }

    @Test("is not made of a correction whose index JSON cannot say")
    func correctionBeyondJSON() throws {
        let entry = try Self.entry { $0.corrects = 1 << 63 }
        let error = #expect(throws: TraceLogError.self) { try Self.export([entry]) }
        #expect(error?.code == .malformedEvent)
    }

    @Test("has the nearest time that ISO 8601 can write for one beyond, and the true one beside it; none is taken back")
    func timesBeyond() throws {
        for time in [Int64.min, EventTime.milliseconds.lowerBound - 1, EventTime.milliseconds.upperBound + 1, .max] {
            let entry = try Self.entry { event in
                event.timeMilliseconds = time
                event.sensorElements = [
                    SensorElement(
                        timeMilliseconds: time, device: nil, reports: [.init(type: "Mass", value: "1", unit: nil)])
                ]
            }
            // What has such a time already is still encoded, and so still proved.
            #expect(try Entry.decode(entry.encoded()[...]) == entry)
            let document = try Self.export([entry, Self.entry()])
            let events = try #require(document["epcisBody"]?["eventList"]?.array)
            #expect(events.map { $0["suishen:timeMilliseconds"]?.integer } == [time, nil])
            let metadata = events[0]["sensorElementList"]?.array?.first?["sensorMetadata"]
            #expect(metadata?["suishen:timeMilliseconds"]?.integer == time)
            #expect(try #require(events[0]["eventTime"]?.string).hasPrefix(time < 0 ? "0000-01-0" : "9999-12-3"))
            #expect(try EventHash.all(in: document).map(\.uri) == events.compactMap { $0["eventID"]?.string })
            #expect(throws: TraceLogError.self) { try EPCISImport().events(in: document) }
        }
    }

    @Test("gives back the events that went into it, whatever texts, times and numbers they hold")
    func roundTrip() throws {
        let entries = [
            try Self.entry(),
            try Self.entry { $0.offsetMinutes = -570 },
            try Self.entry { event in
                event.readPoint = "门 7 / north%"
                event.businessLocation = "urn:suishen:text:already"
                event.transactions = [.init(type: nil, identifier: "运单 9")]
                event.fields = [.init(name: "a:b \u{1F600}", value: "\n\"<")]
            },
            try Self.entry { event in
                event.sensorElements = [
                    SensorElement(
                        timeMilliseconds: nil, device: nil,
                        reports: ["26.50", "26.5", "-0", "7", "1e5", "99999999999999999999", "0.1", "about 3"].map {
                            .init(type: "Temperature", value: $0, unit: nil)
                        })
                ]
            },
            try Self.entry { event in
                event.action = .delete
                event.disposition = nil
                event.coordinates = nil
                event.fields = []
                event.corrects = nil
            },
        ]
        let imported = try EPCISImport().events(in: Self.export(entries))
        #expect(imported.map { LogEvent.observed($0.event) } == entries.map(\.event))
        #expect(imported.map(\.object) == entries.map(\.object))
        #expect(imported.allSatisfy { $0.actor == "91310000MA1FL0000X" })
        #expect(Set(imported.map(\.idempotencyKey)).count == entries.count)
    }

    @Test("names each event by the hash that anybody computes from the document")
    func hashes() throws {
        let document = try Self.export([Self.entry(), Self.entry { $0.disposition = .damaged }])
        let events = try #require(document["epcisBody"]?["eventList"]?.array)
        #expect(try EventHash.all(in: document).map(\.uri) == events.compactMap { $0["eventID"]?.string })
        #expect(events.count == 2)
        #expect(events[0]["eventTime"]?.string == "1970-01-01T07:59:59.995+08:00")
        #expect(events[0]["eventTimeZoneOffset"]?.string == "+08:00")
        #expect(events[0]["readPoint"]?["id"]?.string == "urn:epc:id:sgln:4012345.00005.0")
        #expect(events[0]["bizLocation"]?["id"]?.string == "urn:suishen:text:Nanjing%20Road%201")
        #expect(events[0]["suishen:index"]?.integer == 18)
    }

    @Test("leaves out what is no event of EPCIS")
    func otherKinds() throws {
        let document = try Self.export(EntryTests.kinds().filter { $0.commitments.isEmpty })
        #expect(document["epcisBody"]?["eventList"]?.array?.isEmpty == true)
    }

    private static func changed(_ change: (inout JSONObject) -> Void) throws -> JSONValue {
        var document = try #require(try export([entry()]).object)
        var event = try #require(document["epcisBody"]?["eventList"]?.array?.first?.object)
        event["eventID"] = nil
        change(&event)
        document["epcisBody"] = ["eventList": [.object(event)]]
        return .object(document)
    }

    private static func refusal(_ change: (inout JSONObject) -> Void) throws -> TraceLogError.Code? {
        do {
            _ = try EPCISImport().events(in: changed(change))
            return nil
        } catch let error as TraceLogError {
            return error.code
        }
    }

    @Test("is refused where it holds what the log has no place for")
    func refusals() throws {
        #expect(try Self.refusal { _ in } == nil)
        #expect(try Self.refusal { $0["type"] = "AggregationEvent" } == .unknownTerm)
        #expect(try Self.refusal { $0["bizStep"] = "dancing" } == .unknownTerm)
        #expect(try Self.refusal { $0["disposition"] = "urn:epcglobal:cbv:disp:lost" } == .unknownTerm)
        #expect(try Self.refusal { $0["quantityList"] = [] } == .unknownTerm)
        #expect(try Self.refusal { $0["suishen:unheard"] = 1 } == .unknownTerm)
        #expect(try Self.refusal { $0["other:index"] = 1 } == .unknownTerm)
        #expect(try Self.refusal { $0["readPoint"] = ["id": "a", "name": "b"] } == .unknownTerm)
        #expect(try Self.refusal { $0["epcList"] = ["urn:epc:id:sgtin:4012345.011111.9876"] } == .unknownTerm)
        #expect(try Self.refusal { $0["eventTime"] = "yesterday" } == .malformedEvent)
        #expect(try Self.refusal { $0["eventTimeZoneOffset"] = nil } == .malformedEvent)
        #expect(try Self.refusal { $0["suishen:latitudeMicrodegrees"] = nil } == .malformedEvent)
        #expect(try Self.refusal { $0["suishen:commitments"] = ["00"] } == .malformedEvent)
        #expect(try Self.refusal { $0["suishen:latitudeMicrodegrees"] = 91_000_000 } == .valueOutOfRange)
        let another = "ni:///sha-256;\(String(repeating: "0", count: 64))?ver=CBV2.0"
        #expect(try Self.refusal { $0["eventID"] = .string(another) } == .malformedEvent)
    }

    @Test("may write its terms in any form of the vocabulary, and stands for the objects that it is told")
    func forms() throws {
        let epc = "urn:epc:id:sgtin:4012345.011111.9876"
        let document = try Self.changed { event in
            event["bizStep"] = "https://ref.gs1.org/cbv/BizStep-repairing"
            event["disposition"] = "urn:epcglobal:cbv:disp:damaged"
            event["epcList"] = [.string(epc), "urn:suishen:object:0102030405060708"]
        }
        let object = try #require(ObjectID([9, 9, 9, 9, 9, 9, 9, 9]))
        let imported = try EPCISImport(objects: [epc: object]).events(in: document)
        #expect(imported.map(\.object) == [object, try #require(ObjectID([1, 2, 3, 4, 5, 6, 7, 8]))])
        #expect(imported.allSatisfy { $0.event.step == .repairing && $0.event.disposition == .damaged })
        #expect(Set(imported.map(\.idempotencyKey)).count == 2)
    }
}
