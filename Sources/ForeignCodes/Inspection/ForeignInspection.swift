import Credential
package import Encoding
import Signing

/// The unverified content of another issuer's text, for debugging.
///
/// It contains personal data of the code's holder, such as names and birth dates: show it on a terminal, never log it.
package struct ForeignInspection: Sendable {
    /// `hcert`, `claim169`, or `cwt` for another token in the same envelope.
    package let system: String
    /// The content that was read; for a broken text, the stage that failed.
    package let json: JSONObject
    /// Whether the whole text could be read.
    package let isWhole: Bool

    /// The names of claim 169's attributes in its specification, in the order of their numbers from 1 on.
    private static let attributes = [
        "id", "version", "language", "fullName", "firstName", "middleName", "lastName", "dateOfBirth", "gender",
        "address", "email", "phone", "nationality", "maritalStatus", "guardian", "photo", "photoFormat",
        "bestQualityFingers", "secondaryFullName", "secondaryLanguage",
    ]

    /// Unpacks a text as far as possible; nil for a text without `HC1:` and without a token, since any words in
    /// capitals are Base45.
    ///
    /// - Parameter text: the scanned text, unchanged.
    package init?(_ text: String) {
        let isCertificate = text.hasPrefix("HC1:")
        var log = ForeignStageLog(isCertificate ? .hcert : .claim169)
        guard let token = ForeignToken(text, log: &log) else {
            guard isCertificate else { return nil }
            let failed = log.stages.first { $0.result == .failed }?.stage
            system = "hcert"
            json = ["brokenAt": failed.map { .string($0.rawValue) } ?? .null]
            isWhole = false
            return
        }
        let claims = token.claims
        var json: JSONObject = ["issuer": Self.described(token)]
        json["issuedAt"] = claims.issuedAt.map { CBORItem.unsigned($0).shown }
        json["notBefore"] = claims.notBefore.map { CBORItem.unsigned($0).shown }
        json["expiresAt"] = claims.expiresAt.map { CBORItem.unsigned($0).shown }
        let identity = isCertificate ? nil : claims.map[integer: 169]
        if isCertificate {
            json["certificate"] = claims.map[integer: -260]?.map?[integer: 1]?.shown ?? .null
        } else if let identity {
            json["identity"] = Self.named(identity)
        } else {
            json["claims"] = CBORItem.map(claims.map).shown
        }
        system = isCertificate ? "hcert" : identity == nil ? "cwt" : "claim169"
        self.json = json
        isWhole = true
    }

    private static func described(_ token: ForeignToken) -> JSONValue {
        [
            "iss": token.claims.issuer.map(JSONValue.string) ?? .null,
            "kid": token.keyIdentifier.map { .string(Hex.encode($0)) } ?? .null,
            "algorithm": (token.message.algorithm?.name).map(JSONValue.string) ?? .null,
        ]
    }

    private static func named(_ identity: CBORItem) -> JSONValue {
        guard let map = identity.map else { return identity.shown }
        return .object(
            JSONObject(
                map.entries.map { entry in
                    let place = entry.key.integer.map { Int(clamping: $0) - 1 } ?? -1
                    let name = attributes.indices.contains(place) ? attributes[place] : entry.key.name
                    return JSONObject.Member(key: name, value: entry.value.shown)
                }))
    }
}

extension CBORItem {
    /// The item as JSON: bytes in hex, and values that JSON cannot express as text.
    fileprivate var shown: JSONValue {
        switch self {
        case .unsigned, .negative: integer.map(JSONValue.integer) ?? .string(name)
        case .byteString(let bytes): .string(Hex.encode(bytes))
        case .text(let text): .string(text)
        case .array(let items): .array(items.map(\.shown))
        case .map(let map):
            .object(JSONObject(map.entries.map { JSONObject.Member(key: $0.key.name, value: $0.value.shown) }))
        case .tagged(let number, let content): ["tag": .string(String(number)), "value": content.shown]
        case .bool(let value): .bool(value)
        case .null, .undefined: .null
        case .simple(let value): .string("simple(\(value))")
        case .float(let value): value.isFinite ? .number(value) : .string("\(value)")
        }
    }

    /// The item as the name of a member.
    fileprivate var name: String {
        switch self {
        case .text(let text): text
        case .unsigned(let value): String(value)
        case .negative(let value): integer.map(String.init) ?? "-1-\(value)"
        default: shown.encoded()
        }
    }
}
