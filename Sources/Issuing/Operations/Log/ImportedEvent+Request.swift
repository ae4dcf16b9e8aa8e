package import Encoding
package import TraceLog

extension ImportedEvent {
    /// The request that appends the imported event.
    ///
    /// - Parameter corrects: the index of the corrected entry in this installation's log.
    /// - Returns: an object for ``IssuerOperation/appendEvent``.
    package func request(corrects: UInt64?) -> JSONValue {
        var members: JSONObject = [
            "object": .string(Hex.encode(object.bytes)), "idempotencyKey": .string(idempotencyKey),
        ]
        members["actor"] = actor.map(JSONValue.string)
        var event = event
        event.corrects = corrects
        event.describe(in: &members)
        return .object(members)
    }
}
