import Credential
import Encoding

/// The result of issuing and of presenting: what was made, and how large it is.
struct CodeReport {
    let code: IssuedCredential
    let text: String
    let qrVersion: Int

    /// `cti` is null for codes that have none; `bytes` counts those of the signed message.
    var json: JSONValue {
        let claims = code.claims
        return [
            "cti": (claims.person?.cti).map { .string(Hex.encode($0)) } ?? .null,
            "form": .string(claims.form.name),
            "text": .string(text),
            "bytes": .integer(Int64(code.bytes.count)),
            "qrVersion": .integer(Int64(qrVersion)),
            "expiresAt": claims.expiresAt.map(Self.number) ?? .null,
            "statusIndex": claims.statusIndices.first.map(Self.number) ?? .null,
        ]
    }

    private static func number(_ value: UInt64) -> JSONValue {
        Int64(exactly: value).map(JSONValue.integer) ?? .string(String(value))
    }
}
