import Credential
package import Encoding

/// The event that a gate adds to an object's history after it has accepted the object's code.
package struct RecordedEvent: Sendable, Equatable {
    /// The fields that all events of one gate share.
    package struct Template: Sendable, Equatable {
        /// A business step of the Core Business Vocabulary; the daemon refuses other terms.
        package var step: String
        /// The acting enterprise's unified social credit code; nil for an event without an actor.
        package var actor: String?
        /// The location, in the inspector's words or as a GS1 identifier.
        package var location: String?
        package var disposition: String?

        package init(step: String, actor: String? = nil, location: String? = nil, disposition: String? = nil) {
            self.step = step
            self.actor = actor
            self.location = location
            self.disposition = disposition
        }
    }

    package let object: [UInt8]
    package let template: Template
    /// The time of the acceptance, Unix seconds; a spooled event may reach the log much later.
    package let time: UInt64

    /// The request to `POST /v1/events`.
    package var request: JSONValue {
        var request: JSONObject = [
            "object": .string(Hex.encode(object)), "step": .string(template.step),
            "eventTimeMilliseconds": .integer(Int64(clamping: time) &* 1000),
        ]
        if let actor = template.actor { request["actor"] = .string(actor) }
        if let location = template.location { request["location"] = .string(location) }
        if let disposition = template.disposition { request["disposition"] = .string(disposition) }
        return .object(request)
    }
}
