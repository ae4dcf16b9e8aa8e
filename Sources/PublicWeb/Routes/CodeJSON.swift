import Credential
import Encoding
import Gate
import Platform

/// A code as JSON for programs: its claims, its life and its status.
struct CodeJSON: Sendable {
    let code: CheckedCode

    /// The members that every code has.
    var plain: JSONValue { .object(members) }

    /// An object's or place's members.
    func object(_ object: ObjectClaims, eventCount: Int, name: String?, managerName: String?) -> JSONValue {
        var members = members
        members["kind"] = .string(object.kind.name)
        members["object"] = .string(Hex.encode(object.id))
        members["name"] = name.map(JSONValue.string) ?? .null
        members["category"] = ObjectCategory(number: object.category).map { .string($0.name) } ?? .null
        members["manager"] = .string(object.manager.text)
        members["managerName"] = managerName.map(JSONValue.string) ?? .null
        if let place = object.location {
            members["latitude"] = .number(Double(place.latitudeMicrodegrees) / 1e6)
            members["longitude"] = .number(Double(place.longitudeMicrodegrees) / 1e6)
            members["reference"] = .string(place.reference.name)
        }
        members["eventCount"] = .integer(Int64(eventCount))
        members["events"] = .string(code.path.text("events"))
        return .object(members)
    }

    private var members: JSONObject {
        let claims = code.credential.claims
        var members: JSONObject = [
            "form": .string(claims.form.name), "issuer": .string(claims.issuer),
            "issuedAt": .integer(Int64(clamping: claims.issuedAt)),
            "expiresAt": claims.expiresAt.map { .integer(Int64(clamping: $0)) } ?? .null,
            "inForce": .bool(code.isInForce), "life": .string(life), "status": status,
        ]
        if let enterprise = claims.enterprise {
            members["uscc"] = .string(enterprise.uscc.text)
            members["name"] = .string(enterprise.name)
        }
        return members
    }

    private var life: String {
        switch code.life {
        case .running: "running"
        case .notBegun: "not_yet_valid"
        case .over: "expired"
        }
    }

    private var status: JSONValue {
        switch code.status {
        case .live(let time): ["state": "live", "asOf": .integer(Int64(clamping: time))]
        case .revoked(let time): ["state": "revoked", "asOf": .integer(Int64(clamping: time))]
        case .unknown(let error): ["state": "unknown", "code": .string(error.codeText)]
        }
    }
}
