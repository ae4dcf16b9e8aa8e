import Credential
import Encoding
import Glibc
import Issuing
import Signing
import Testing
import WalletPhone

@Suite("A phone's proof, at a daemon")
struct WalletProofTests {
    private let wallets: WalletDaemon
    private let phone: Phone
    private let offer: Phone.Offer

    init() throws {
        wallets = try WalletDaemon()
        phone = try wallets.phone()
        offer = try wallets.offer(["isWithoutPIN": true])
    }

    /// The outcome of a token request with this proof: nil where it is granted.
    private func outcome(_ dpop: String, by offer: Phone.Offer? = nil) throws -> String? {
        let body: JSONValue = [
            "grant": "offer", "code": .string((offer ?? self.offer).code), "dpop": .string(dpop),
        ]
        return try WalletDaemon.code { try wallets.ask(.walletToken, body) }
    }

    @Test("counts once")
    func replayed() throws {
        let proof = try phone.dpop("token", nonce: phone.nonce())
        #expect(try outcome(proof) == nil)
        #expect(try outcome(proof) == "proof_invalid")
    }

    @Test("counts under a nonce of this start of the daemon alone")
    func nonces() throws {
        let nonce = try phone.nonce()
        #expect(try outcome(phone.dpop("token", nonce: nonce)) == nil)
        var changed = Array(nonce)
        changed[3] = changed[3] == "A" ? "B" : "A"
        for other in ["", "AAAA", String(changed), nonce + "A", String(nonce.dropLast())] {
            #expect(try outcome(phone.dpop("token", nonce: other)) == "nonce_needed", "\(other)")
        }
        #expect(try outcome(phone.dpop("token", nonce: nonce) { $0["nonce"] = nil }) == "nonce_needed")
        _ = wallets.daemon.end(SIGTERM)
        try wallets.daemon.start()
        #expect(try outcome(phone.dpop("token", nonce: nonce)) == "nonce_needed")
        #expect(try outcome(phone.dpop("token", nonce: phone.nonce())) == nil)
    }

    @Test("counts for its own request, origin and method alone")
    func requests() throws {
        let nonce = try phone.nonce()
        let origin = phone.origin
        let changes: [(inout JSONObject) -> Void] = [
            { $0["htu"] = .string("\(origin)/vci/credential") }, { $0["htu"] = .string("\(origin)/vci/token/") },
            { $0["htu"] = .string("\(origin)/vci/token?a") }, { $0["htu"] = "https://other.example/vci/token" },
            { $0["htu"] = nil }, { $0["htm"] = "GET" }, { $0["htm"] = "post" }, { $0["htm"] = nil },
            { $0["jti"] = nil }, { $0["jti"] = "" }, { $0["jti"] = .string(String(repeating: "j", count: 129)) },
            { $0["jti"] = 7 }, { $0["iat"] = nil }, { $0["iat"] = "1" }, { $0["ath"] = "AAAA" },
        ]
        for (place, change) in changes.enumerated() {
            #expect(try outcome(phone.dpop("token", nonce: nonce, change)) == "proof_invalid", "\(place)")
        }
        // The phone's clock is not asked.
        for time in [0, 4_000_000_000, -5] as [Int64] {
            #expect(try outcome(phone.dpop("token", nonce: nonce) { $0["iat"] = .integer(time) }) == nil)
        }
    }

    @Test("has a header of one form")
    func headers() throws {
        let nonce = try phone.nonce()
        func payload(_ number: Int) -> JSONObject {
            [
                "jti": .string("h\(number)"), "htm": "POST", "htu": .string("\(phone.origin)/vci/token"), "iat": 1,
                "nonce": .string(nonce),
            ]
        }
        let good = phone.header(type: "dpop+jwt")
        #expect(try outcome(phone.token(header: good, payload: payload(0))) == nil)
        let x = phone.jwk["x"] ?? .null
        let changes: [(inout JSONObject) -> Void] = [
            { $0["crit"] = [] }, { $0["crit"] = ["exp"] }, { $0["kid"] = "1" }, { $0["b64"] = false },
            { $0["x5c"] = [] }, { $0["jku"] = "https://other.example" }, { $0["typ"] = "JWT" }, { $0["typ"] = nil },
            { $0["alg"] = "none" }, { $0["alg"] = "ES256" }, { $0["alg"] = "HS256" }, { $0["alg"] = nil },
            { $0["jwk"] = nil }, { $0["jwk"] = "key" },
            { $0["jwk"] = ["kty": "OKP", "crv": "Ed25519", "x": x, "d": x] },
            { $0["jwk"] = ["kty": "OKP", "crv": "Ed448", "x": x] }, { $0["jwk"] = ["kty": "oct", "k": x] },
            { $0["jwk"] = ["kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc"] },
            { $0["jwk"] = ["kty": "OKP", "crv": "Ed25519", "x": x, "key_ops": ["sign"]] },
        ]
        for (place, change) in changes.enumerated() {
            var header = good
            change(&header)
            let token = try phone.token(header: header, payload: payload(place + 1))
            #expect(try outcome(token) == "proof_invalid", "\(place)")
        }
        let (text, body) = (JSONValue.object(good).encoded(), JSONValue.object(payload(100)).encoded())
        let doubled = [
            [text.dropLast() + #","typ":"dpop+jwt"}"#, body], [text, body.dropLast() + #","jti":"h101"}"#],
        ].map { $0.map { String($0) } }
        for parts in doubled { #expect(try outcome(phone.token(parts)) == "proof_invalid") }
        let long = JSONObject([.init(key: "pad", value: .string(String(repeating: "x", count: 6000)))])
        #expect(try outcome(phone.token(header: good, payload: long)) == "proof_invalid")
        for text in ["", ".", "..", "a.b.c", "a.b.c.d", "\u{0}"] { #expect(try outcome(text) == "proof_invalid") }
    }

    @Test("is refused with any character altered, and by another key")
    func altered() throws {
        let proof = Array(try phone.dpop("token", nonce: phone.nonce()).utf8)
        for index in proof.indices {
            var changed = proof
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "Q") : UInt8(ascii: "A")
            let code = try outcome(String(decoding: changed, as: UTF8.self))
            #expect(code == "proof_invalid" || code == "nonce_needed", "\(index): \(code ?? "granted")")
        }
        #expect(try outcome(String(decoding: proof, as: UTF8.self)) == nil)
        let other = try wallets.phone()
        let payload: JSONObject = [
            "jti": "other", "htm": "POST", "htu": .string("\(phone.origin)/vci/token"), "iat": 1,
            "nonce": .string(try phone.nonce()),
        ]
        let signedByOther = try other.token(header: phone.header(type: "dpop+jwt"), payload: payload)
        #expect(try outcome(signedByOther) == "proof_invalid")
    }

    @Test("for codes is by the same key, for this wallet, with an anchor for each day")
    func credentials() throws {
        let other = try wallets.phone()
        let token = try phone.token(for: offer)
        let seeds = try Phone.seeds(for: token)
        let anchors = seeds.map(\.anchor)
        func outcome(
            _ nonce: String, _ anchors: [[UInt8]], by signer: Phone, _ change: (inout JSONObject) -> Void
        ) throws -> String? {
            var order = try phone.order(by: token, secret: offer.secret, seeds: seeds, nonce: nonce).object ?? [:]
            order["proof"] = .string(
                try signer.proof(nonce: nonce, anchors: anchors, secret: offer.secret, change))
            return try WalletDaemon.code { try wallets.ask(.walletCredential, .object(order)) }
        }
        let nonce = try phone.nonce()
        #expect(try outcome(nonce, anchors, by: other) { _ in } == "proof_invalid")
        #expect(try outcome(nonce, anchors, by: phone) { $0["aud"] = "https://other.example" } == "proof_invalid")
        #expect(try outcome(nonce, anchors, by: phone) { $0["nonce"] = "AAAA" } == "nonce_needed")
        #expect(try outcome(nonce, anchors, by: phone) { $0["mac"] = nil } == "proof_invalid")
        #expect(try outcome(nonce, anchors, by: phone) { $0["mac"] = "AAAA" } == "proof_invalid")
        #expect(try outcome(nonce, anchors, by: phone) { $0["anchors"] = nil } == "anchor_invalid")
        #expect(try outcome(nonce, Array(anchors.dropLast()), by: phone) { _ in } == "anchor_invalid")
        #expect(try outcome(nonce, anchors + [[UInt8](1...16)], by: phone) { _ in } == "anchor_invalid")
        #expect(try outcome(nonce, anchors.dropLast() + [anchors[0]], by: phone) { _ in } == "anchor_invalid")
        #expect(try outcome(nonce, anchors.dropLast() + [[1, 2]], by: phone) { _ in } == "anchor_invalid")
        #expect(try outcome(nonce, anchors, by: phone) { _ in } == nil)
    }
}
