import Encoding

/// One case: a text, the conditions of its check, and the expected result.
struct Vector {
    let name: String
    let text: String
    /// The file name of the issuer's key below test-keys.
    let key: String
    let at: UInt64
    var challenge: [UInt8]?
    let expect: String
    /// The clause that the case tests.
    let source: String

    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "text": .string(text), "key": .string(key), "at": .integer(Int64(at)),
        ]
        if let challenge { object["challenge"] = .string(Hex.encode(challenge)) }
        object["expect"] = .string(expect)
        object["source"] = .string(source)
        return .object(object)
    }
}
