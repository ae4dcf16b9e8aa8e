package import Encoding

/// An operation's answer in the form that is sent: JSON on one line, or the bytes of a file.
package struct OperationAnswer: Sendable, Equatable {
    package static let jsonType = "application/json"

    /// The media type of the bytes.
    package let type: String
    package let bytes: [UInt8]
    /// The name of exactly these bytes, with which a client may ask whether they have changed; nil for most answers.
    package let tag: String?
    /// The HTTP status: 200, or 202 for a request that is kept and not carried out yet (RFC 9110 §15.3.3).
    package let status: Int

    /// A file's bytes, sent as they are.
    package init(bytes: [UInt8], type: String, tag: String? = nil) {
        self.bytes = bytes
        self.type = type
        self.tag = tag
        status = 200
    }

    /// JSON without spaces or a line feed.
    package init(json: JSONValue, status: Int = 200) {
        var bytes: [UInt8] = []
        json.appendEncoded(to: &bytes)
        self.bytes = bytes
        type = Self.jsonType
        tag = nil
        self.status = status
    }

    /// The answer's JSON value.
    ///
    /// - Throws: `answer_no_json` for bytes of another type.
    package var json: JSONValue {
        get throws(OperationError) {
            guard type == Self.jsonType, let value = try? JSONValue.parse(bytes, byteCountMax: .max) else {
                throw OperationError(
                    code: .answerNoJSON, reason: "the answer is \(type), not JSON", hint: "use its bytes instead")
            }
            return value
        }
    }
}
