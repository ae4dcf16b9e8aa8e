import Credential
import Encoding
import Signing

/// Everything a code says, none of it verified.
struct Inspection {
    private let credential: UnverifiedCredential
    private let claims: Claims
    private let text: CredentialText

    init(text: String) throws(CredentialError) {
        self.text = try CredentialText(parsing: text)
        credential = try UnverifiedCredential(text: text)
        claims = try credential.claimsUnchecked()
    }

    var json: JSONValue {
        var object: JSONObject = [
            "trusted": false, "system": "suishen", "form": .string(credential.form.name),
            "issuer": [
                "iss": .string(claims.issuer), "kid": Self.hex(credential.keyIdentifier),
                "algorithm": .string(credential.algorithm.token),
            ],
            "issuedAt": Self.number(claims.issuedAt),
        ]
        object["host"] = credential.host.map(JSONValue.string)
        object["notBefore"] = claims.notBefore.map(Self.number)
        object["expiresAt"] = claims.expiresAt.map(Self.number)
        switch claims.body {
        case .person(let person): object["person"] = json(person)
        case .enterprise(let enterprise):
            object["enterprise"] = [
                "uscc": .string(enterprise.uscc.text), "name": .string(enterprise.name),
                "statusIndex": Self.number(enterprise.statusIndex),
            ]
        case .object(let thing): object["object"] = json(thing)
        }
        object["statusList"] = (claims.statusList?.name).map(JSONValue.string)
        object["presentation"] = credential.presentation.map(json)
        object["bytes"] = .integer(Int64(text.bytes.count))
        object["credential"] = Self.hex(credential.credentialBytes)
        return .object(object)
    }

    private func json(_ person: PersonClaims) -> JSONValue {
        var object: JSONObject = [
            "cti": Self.hex(person.cti), "kind": .string(person.kind.name),
            "statusIndex": person.statusIndex.map(Self.number) ?? .null,
        ]
        switch person.binding {
        case .deviceKey(let key): object["deviceKey"] = Self.hex(key)
        case .anchor(let anchor): object["anchor"] = Self.hex(anchor)
        case .none: break
        }
        object["seals"] = Self.hex(person.seals)
        object["actor"] = person.actor.map { actor in
            [
                "guardian": Self.hex(actor.guardian), "statusIndex": Self.number(actor.statusIndex),
                "scope": Self.number(actor.scope),
            ]
        }
        return .object(object)
    }

    private func json(_ thing: ObjectClaims) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(thing.kind.name), "id": Self.hex(thing.id),
            "category": (ObjectCategory(number: thing.category)?.name).map(JSONValue.string)
                ?? Self.number(thing.category),
            "manager": .string(thing.manager.text), "statusIndex": Self.number(thing.statusIndex),
        ]
        object["location"] = thing.location.map { location in
            [
                "latitude": .number(Double(location.latitudeMicrodegrees) / 1_000_000),
                "longitude": .number(Double(location.longitudeMicrodegrees) / 1_000_000),
                "reference": .string(location.reference.name),
            ]
        }
        return .object(object)
    }

    private func json(_ presentation: Presentation) -> JSONValue {
        switch presentation {
        case .signed(let signature, let context):
            var object: JSONObject = ["kind": "signed", "time": Self.number(context.time)]
            object["challenge"] = context.challenge.map(Self.hex)
            object["signature"] = Self.hex(signature)
            return .object(object)
        case .chain(let slot, let link):
            return ["kind": "chain", "slot": Self.number(slot), "link": Self.hex(link)]
        }
    }

    private static func hex(_ bytes: [UInt8]) -> JSONValue {
        .string(Hex.encode(bytes))
    }

    private static func number(_ value: UInt64) -> JSONValue {
        Int64(exactly: value).map(JSONValue.integer) ?? .string(String(value))
    }
}
