package import Encoding
import Signing

/// The event hash of GS1 CBV 2.0 §8.9: it depends on an EPCIS event's content, not on its order and form.
package struct EventHash: Sendable, Equatable {
    /// The canonical string that is hashed.
    package let preHash: String

    /// `ni:///sha-256;…?ver=CBV2.0`.
    package var uri: String {
        "ni:///sha-256;\(Hex.encode(DigestAlgorithm.sha256.digest(preHash.utf8)))?ver=CBV2.0"
    }

    /// Hashes one event under its document's context.
    ///
    /// - Throws: `malformed_event` when it is no event.
    package init(event: JSONValue, context: EPCISContext) throws(TraceLogError) {
        guard let object = event.object, let type = object["type"]?.string ?? object["isA"]?.string else {
            throw TraceLogError(
                code: .malformedEvent, reason: "an EPCIS event without a type", hint: "give an EPCIS 2.0 event")
        }
        var root = EventNode(name: "", object: object, context: context)
        root.children.removeAll { ["type", "isA", "@context"].contains($0.name) }
        let ordered = EventOrder.event.preHash(of: &root, isTop: true)
        root.children.removeAll { ["recordTime", "eventID", "errorDeclaration"].contains($0.name) }
        preHash = "eventType=\(type)\(ordered)\(EventNode.joined(root.children))"
    }

    /// Hashes every event of an EPCIS 2.0 JSON-LD document.
    ///
    /// - Throws: `malformed_event`.
    package static func all(in document: JSONValue) throws(TraceLogError) -> [EventHash] {
        let context = EPCISContext(document["@context"])
        let body = document["epcisBody"]
        let events =
            body?["eventList"]?.array ?? body?["queryResults"]?["resultsBody"]?["eventList"]?.array
            ?? body?["event"].map { [$0] }
        guard let events else {
            throw TraceLogError(
                code: .malformedEvent, reason: "an EPCIS document without a list of events",
                hint: "give an EPCIS 2.0 document in JSON-LD")
        }
        var hashes: [EventHash] = []
        for event in events { hashes.append(try EventHash(event: event, context: context)) }
        return hashes
    }
}
