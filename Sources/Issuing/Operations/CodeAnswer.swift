package import Credential
package import Encoding

/// The result of issuing and of presenting: the code and its size.
package enum CodeAnswer {
    /// Describes a code; members that a code does not have, such as `cti`, are null.
    ///
    /// - Parameters:
    ///   - code: the code; `bytes` in the result is the byte count of its signed message.
    ///   - text: the text in the code's picture.
    /// - Returns: the result object of `suishen issue` and `suishen present`.
    package static func json(_ code: IssuedCredential, text: String) -> JSONValue {
        let claims = code.claims
        let members: [(String, JSONValue?)] = [
            ("cti", (claims.person?.cti).map { .string(Hex.encode($0)) } ?? .null),
            ("form", .string(claims.form.name)),
            ("text", .string(text)),
            ("bytes", .integer(Int64(code.bytes.count))),
            ("expiresAt", number(claims.expiresAt)),
            ("statusIndex", number(claims.statusIndices.first)),
        ]
        return .object(JSONObject(members.compactMap { key, value in value.map { .init(key: key, value: $0) } }))
    }

    private static func number(_ value: UInt64?) -> JSONValue {
        value.flatMap { Int64(exactly: $0) }.map(JSONValue.integer) ?? .null
    }
}
