import Encoding
import Platform

/// The daemon's answer to a phone's request, in the words of OAuth 2.0 and OpenID4VCI 1.0.
struct WalletReply: Sendable {
    let status: Int
    let body: JSONValue

    /// A success.
    init(_ operation: WalletOperation, _ answer: JSONValue) {
        status = 200
        switch operation {
        case .nonce: body = ["c_nonce": answer["nonce"] ?? .null, "expires_in": answer["expiresIn"] ?? .null]
        case .token:
            body = [
                "access_token": answer["accessToken"] ?? .null, "token_type": "DPoP",
                "expires_in": answer["expiresIn"] ?? .null, "days": answer["days"] ?? .null,
                "ward": answer["ward"] ?? .null, "suite": answer["suite"] ?? .null,
            ]
        case .credential:
            let codes = (answer["codes"]?.array ?? []).map { code -> JSONValue in
                [
                    "credential": code["text"] ?? .null, "kind": code["kind"] ?? .null,
                    "issued_at": code["issuedAt"] ?? .null, "expires_at": code["expiresAt"] ?? .null,
                ]
            }
            var members: JSONObject = [
                "credentials": .array(codes), "holding": answer["holding"] ?? .null,
                "covered_until": answer["coveredUntil"] ?? .null, "ward": answer["ward"] ?? .null,
            ]
            members["refresh_token"] = answer["refreshToken"]
            body = .object(members)
        case .codes:
            let codes = (answer["codes"]?.array ?? []).map { code -> JSONValue in
                [
                    "kind": code["kind"] ?? .null, "issued_at": code["issuedAt"] ?? .null,
                    "expires_at": code["expiresAt"] ?? .null, "is_here": code["isHere"] ?? .null,
                ]
            }
            body = ["codes": .array(codes)]
        case .revoke, .lost: body = ["revoked": answer["revoked"] ?? .null]
        }
    }

    /// An error of the daemon, or of this service before it asked.
    ///
    /// - Parameters:
    ///   - operation: what was asked for.
    ///   - code: the stable code.
    ///   - reason: becomes `error_description`.
    ///   - hint: the way out.
    ///   - status: the status where the code has none of its own.
    init(_ operation: WalletOperation, code: String, reason: String, hint: String, status: Int) {
        let error: String
        (error, self.status) = Self.error(of: code, operation, status)
        body = [
            "error": .string(error), "error_description": .string(reason), "code": .string(code),
            "hint": .string(hint),
        ]
    }

    init(_ operation: WalletOperation, _ error: WebError) {
        self.init(
            operation, code: error.codeText, reason: error.reason, hint: error.hint,
            status: error.errorClass.behindService.httpStatus)
    }

    /// The error's name (RFC 6749 §5.2, RFC 6750 §3.1, RFC 9449 §5 to §9, OpenID4VCI 1.0 §8.3.1) and its status.
    private static func error(
        of code: String, _ operation: WalletOperation, _ status: Int
    ) -> (name: String, status: Int) {
        let refusal = operation == .token ? 400 : 401
        switch code {
        case "nonce_needed": return ("use_dpop_nonce", refusal)
        case "proof_invalid": return ("invalid_dpop_proof", refusal)
        case "token_invalid": return operation == .token ? ("invalid_grant", 400) : ("invalid_token", 401)
        case "offer_unknown", "offer_ended", "offer_used", "pin_wrong", "pin_locked", "wallet_revoked":
            return ("invalid_grant", 400)
        case "anchor_invalid", "device_key_invalid": return ("invalid_proof", 400)
        case "renewal_early", "not_permitted": return ("credential_request_denied", 400)
        case "loss_code_unknown": return ("invalid_request", 404)
        default:
            switch status {
            case 429: return ("temporarily_unavailable", 429)
            case 503: return ("temporarily_unavailable", 503)
            case 500...: return ("server_error", status)
            default: return ("invalid_request", status)
            }
        }
    }
}
