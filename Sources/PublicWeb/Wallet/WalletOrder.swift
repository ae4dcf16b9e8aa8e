import Encoding

/// A phone's request, put into the daemon's words; nothing of it is judged here.
struct WalletOrder: Sendable {
    private static let depthMax = 4
    /// The grant of an offer (OpenID4VCI 1.0 §4.1.1).
    static let preAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    private static let tokenScheme = "DPoP "

    /// The body of the request to the daemon.
    let body: JSONValue

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - operation: what is asked for.
    ///   - bytes: the request's body.
    ///   - request: the request, whose fields `DPoP`, `Authorization` and `Idempotency-Key` count.
    /// - Throws: `form_malformed`.
    init(_ operation: WalletOperation, _ bytes: [UInt8], of request: WebRequest) throws(WebError) {
        switch operation {
        case .nonce: body = [:]
        case .token: body = .object(try Self.token(bytes, of: request))
        case .credential:
            let content = try Self.json(bytes)
            guard let proofs = content["proofs"]?["jwt"]?.array, proofs.count == 1, let proof = proofs[0].string else {
                throw Self.malformed("proofs.jwt is not an array of one text")
            }
            var order = Self.access(of: request)
            order["proof"] = .string(proof)
            order["idempotencyKey"] = request.field("Idempotency-Key").map(JSONValue.string)
            body = .object(order)
        case .codes: body = .object(Self.access(of: request))
        case .revoke:
            var order = Self.access(of: request)
            order["scope"] = try Self.json(bytes)["scope"]
            body = .object(order)
        case .lost:
            guard let code = try Self.json(bytes)["loss_code"]?.string else {
                throw Self.malformed("loss_code is not a text")
            }
            body = ["lossCode": .string(code)]
        }
    }

    /// The token request of OpenID4VCI 1.0 §6.1 and RFC 6749 §6.
    private static func token(_ bytes: [UInt8], of request: WebRequest) throws(WebError) -> JSONObject {
        guard let form = String(validating: bytes, as: UTF8.self), let fields = RequestTarget.parameters(form) else {
            throw malformed("the body is not a form")
        }
        var order: JSONObject = ["dpop": .string(request.field("DPoP") ?? "")]
        switch fields["grant_type"] {
        case preAuthorized:
            order["grant"] = "offer"
            order["code"] = .string(fields["pre-authorized_code"] ?? "")
            order["pin"] = fields["tx_code"].map(JSONValue.string)
        case "refresh_token":
            order["grant"] = "refresh"
            order["refreshToken"] = .string(fields["refresh_token"] ?? "")
        default: throw malformed("grant_type is unknown")
        }
        return order
    }

    /// The access token and the proof of a request to a protected path (RFC 9449 §7.1).
    private static func access(of request: WebRequest) -> JSONObject {
        let field = request.field("Authorization") ?? ""
        let isOfScheme = field.lowercased().hasPrefix(tokenScheme.lowercased())
        let token = isOfScheme ? String(field.dropFirst(tokenScheme.count)) : ""
        return ["accessToken": .string(token), "dpop": .string(request.field("DPoP") ?? "")]
    }

    private static func json(_ bytes: [UInt8]) throws(WebError) -> JSONValue {
        guard
            let value = try? JSONValue.parse(
                bytes, byteCountMax: WalletOperation.byteCountMax, depthMax: depthMax), value.object != nil
        else { throw malformed("the body is not a JSON object") }
        return value
    }

    private static func malformed(_ reason: String) -> WebError {
        WebError(.formMalformed, reason, hint: "send the request as PublicWeb.docc/Wallet.md describes it")
    }
}
