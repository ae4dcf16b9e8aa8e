import Credential
package import Encoding

extension Verdict {
    /// The verdict as one JSON object, with only the members that apply.
    package var json: JSONValue {
        var object: JSONObject = ["verdict": .string(outcome.rawValue), "code": .string(code.rawValue)]
        if let reason { object["reason"] = .string(reason) }
        if let hint { object["hint"] = .string(hint) }
        if let line { object["line"] = .integer(Int64(line)) }
        if let digest { object["digest"] = .string(Hex.encode(digest)) }
        findings.write(to: &object)
        if let elapsedMicroseconds { object["elapsedMicroseconds"] = .integer(Int64(clamping: elapsedMicroseconds)) }
        return .object(object)
    }
}

extension Findings {
    fileprivate func write(to object: inout JSONObject) {
        if let form { object["form"] = .string(form.name) }
        if let scene { object["scene"] = .string(scene) }
        if let pseudonym { object["holder"] = ["pseudonym": .string(Hex.encode(pseudonym))] }
        if let delegation {
            object["delegation"] = [
                "guardian": .string(Hex.encode(delegation.guardian)),
                "scopes": .array(DelegationScope.names(of: delegation.scope).map(JSONValue.string)),
            ]
        }
        if isLowAssurance { object["assurance"] = "low" }
        if !fused.isEmpty { object["fused"] = fusedJSON }
        if let enterprise {
            object["enterprise"] = ["uscc": .string(enterprise.uscc.text), "name": .string(enterprise.name)]
        }
        if let claims = self.object { object["object"] = objectJSON(claims) }
        if let record { object["record"] = .string(record.rawValue) }
        if let freshness { object["freshness"] = Self.freshnessJSON(freshness) }
        if let insurance {
            object["insurance"] = ["region": .string(insurance.region), "status": .string(insurance.status)]
        }
        if let terminalNumber { object["terminalNumber"] = .integer(Int64(terminalNumber)) }
        if let issuer {
            object["issuer"] = [
                "iss": .string(issuer.name), "kid": .string(Hex.encode(issuer.keyIdentifier)),
                "algorithm": .string(issuer.algorithm),
            ]
        }
        if let trust {
            object["trust"] = [
                "bundleVersion": .integer(Int64(clamping: trust.bundleVersion)),
                "ageSeconds": .integer(Int64(clamping: trust.ageSeconds)), "stale": .bool(trust.isStale),
            ]
        }
        object["warnings"] = .array(warnings.map(JSONValue.string))
        object["stages"] = .array(
            stages.map { ["stage": .string($0.name), "result": .string($0.isPassed ? "ok" : "failed")] })
    }

    private static func freshnessJSON(_ freshness: Freshness) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(freshness.kind), "ageSeconds": .integer(Int64(clamping: freshness.ageSeconds)),
            "skewSeconds": .integer(Int64(clamping: freshness.skewSeconds)),
        ]
        if let offset = freshness.clockOffsetSeconds { object["clockOffsetSeconds"] = .integer(Int64(offset)) }
        return .object(object)
    }

    private var fusedJSON: JSONValue {
        var object = JSONObject()
        for domain in SealDomain.allCases {
            guard let entry = fused[domain] else { continue }
            object[domain.rawValue] = [
                "id": .string(Hex.encode(entry.identifier)), "source": .string(entry.source),
            ]
        }
        return .object(object)
    }

    private func objectJSON(_ claims: ObjectClaims) -> JSONValue {
        var object: JSONObject = [
            "id": .string(Hex.encode(claims.id)), "kind": .string(claims.kind.name),
            "category": .string(category ?? String(claims.category)), "manager": .string(claims.manager.text),
        ]
        if let location = claims.location {
            object["location"] = [
                "latitude": .number(Double(location.latitudeMicrodegrees) / 1_000_000),
                "longitude": .number(Double(location.longitudeMicrodegrees) / 1_000_000),
                "reference": .string(location.reference.name),
            ]
        }
        return .object(object)
    }
}
