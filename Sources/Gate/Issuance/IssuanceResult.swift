package import Encoding

/// Whether a code was issued, by the published log of the service's own acts.
package enum IssuanceResult: Sendable, Equatable {
    /// The code's digest is among the issued codes of these minutes, counted from 1970-01-01T00:00:00Z.
    case issued(minutes: Range<UInt64>)
    /// Every code of its time is published, and this one is not among them: it was made outside the service.
    case missing
    /// There is no answer yet, or none that is proved.
    case undecided(code: String, reason: String, hint: String)

    /// The stable code: `ok`, `issuance_missing`, `issuance_undecided` or `issuance_unreadable`.
    package var code: String {
        switch self {
        case .issued: "ok"
        case .missing: "issuance_missing"
        case .undecided(let code, _, _): code
        }
    }

    /// The result as one JSON object.
    package var json: JSONValue {
        var object: JSONObject = [:]
        switch self {
        case .issued(let minutes):
            object["issuance"] = "issued"
            object["code"] = .string(code)
            object["from"] = .integer(Int64(clamping: minutes.lowerBound * 60))
            object["until"] = .integer(Int64(clamping: minutes.upperBound * 60))
        case .missing:
            object["issuance"] = "missing"
            object["code"] = .string(code)
            object["reason"] = "the issuer's log of issued codes does not have this code"
            object["hint"] =
                "keep the code, and tell the issuer and its auditors: its key signed a code that it never issued"
        case .undecided(let code, let reason, let hint):
            object["issuance"] = "undecided"
            object["code"] = .string(code)
            object["reason"] = .string(reason)
            object["hint"] = .string(hint)
        }
        return .object(object)
    }

    static func notYet(_ reason: String) -> IssuanceResult {
        .undecided(
            code: "issuance_undecided", reason: reason,
            hint: "ask again later: issued codes are published within minutes, and of a quiet day at its end")
    }

    static func unreadable(_ reason: String, _ hint: String) -> IssuanceResult {
        .undecided(code: "issuance_unreadable", reason: reason, hint: hint)
    }
}
