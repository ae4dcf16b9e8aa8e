import Encoding
import Gate
import Signing

/// What a wallet reads about the issuer before it asks (OpenID4VCI 1.0 §12.2, RFC 8414 §3).
struct WalletMetadata: Sendable {
    static let configuration = "suishen-person"

    /// The wallet's origin as the request names it.
    let origin: String
    /// The issuers' keys; empty where the trust list cannot be read.
    let issuers: [IssuerRecord]

    /// The algorithms of device keys, the preferred one first; an issuer takes Ed25519 in both suites.
    var algorithms: [String] {
        let algorithms = Set(issuers.filter { $0.uses.contains(.person) }.map(\.algorithm))
        return algorithms == [.es256] ? ["ES256", "EdDSA"] : ["EdDSA"]
    }

    var issuer: JSONValue {
        [
            "credential_issuer": .string(origin), "authorization_servers": [.string(origin)],
            "nonce_endpoint": .string(address(.nonce)), "credential_endpoint": .string(address(.credential)),
            "credential_configurations_supported": [
                Self.configuration: [
                    "format": "suishen-cwt", "scope": .string(Self.configuration),
                    "cryptographic_binding_methods_supported": ["jwk"],
                    "proof_types_supported": [
                        "jwt": ["proof_signing_alg_values_supported": .array(algorithms.map(JSONValue.string))]
                    ],
                ]
            ],
        ]
    }

    var authorizationServer: JSONValue {
        [
            "issuer": .string(origin), "token_endpoint": .string(address(.token)),
            "grant_types_supported": [.string(WalletOrder.preAuthorized), "refresh_token"],
            "pre-authorized_grant_anonymous_access_supported": true,
            "dpop_signing_alg_values_supported": .array(algorithms.map(JSONValue.string)),
        ]
    }

    private func address(_ operation: WalletOperation) -> String { origin + operation.publicPath }
}
