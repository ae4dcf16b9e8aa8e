package import Encoding
package import ForeignCodes

/// The printed form of a verdict on another issuer's code.
extension ForeignVerdict {
    /// The verdict as one JSON object, in the command's words.
    package var json: JSONValue {
        var members: [JSONObject.Member] = [
            .init(key: "verdict", value: .string(isAccepted ? "accept" : "reject")),
            .init(key: "code", value: .string(code)),
            .init(key: "profile", value: .string(profile.rawValue)),
        ]
        if let reason { members.append(.init(key: "reason", value: .string(reason))) }
        if let hint { members.append(.init(key: "hint", value: .string(hint))) }
        if let issuer { members.append(.init(key: "issuer", value: issuer.json)) }
        if !entryKinds.isEmpty {
            members.append(.init(key: "entries", value: .array(entryKinds.map { .string($0.name) })))
        }
        if let expiresAt = expiresAt.flatMap({ Int64(exactly: $0) }) {
            members.append(.init(key: "expiresAt", value: .integer(expiresAt)))
        }
        members.append(.init(key: "warnings", value: .array(warnings.map { .string($0) })))
        members.append(
            .init(
                key: "stages",
                value: .array(
                    stages.map {
                        .object(["stage": .string($0.stage.rawValue), "result": .string($0.result.rawValue)])
                    })))
        return .object(JSONObject(members))
    }

    /// The fix; nil for an accepted code.
    package var hint: String? {
        switch (stages.first { $0.result == .failed }?.stage, code) {
        case (.signature, "unknown_issuer"): return "use --trust to name a file with the issuer's newest keys"
        case (.valueSets, _): return "turn the code away, unless a newer file of value sets has its value: --value-sets"
        default: break
        }
        return isAccepted ? nil : RefusalCode(rawValue: code)?.hint
    }
}

extension ForeignVerdict.Issuer {
    fileprivate var json: JSONValue {
        var members: [JSONObject.Member] = []
        if let iss { members.append(.init(key: "iss", value: .string(iss))) }
        if let kid { members.append(.init(key: "kid", value: .string(Hex.encode(kid)))) }
        members.append(.init(key: "algorithm", value: .string(algorithm)))
        return .object(JSONObject(members))
    }
}
