import Credential
import Encoding
import Signing

/// The accepted codes: every form and kind, in every suite, each with a time at which it is valid.
struct AcceptedVectors {
    private let shop: Workshop
    private var vectors: [Vector] = []

    static func all(_ shop: Workshop) throws -> [Vector] {
        var builder = AcceptedVectors(shop: shop)
        try builder.people()
        try builder.delegated()
        try builder.others()
        return builder.vectors
    }

    private init(shop: Workshop) {
        self.shop = shop
    }

    private mutating func people() throws {
        let start = Draft.issuedAt
        let signed = try shop.sign(shop.signed.payload)
        try add("a signed code", shop.present(signed, at: start + 1000), at: start + 1001)
        try add("a signed code shown 60 seconds ago", shop.present(signed, at: start + 1000), at: start + 1060)
        try add("a signed code shown 5 seconds ahead", shop.present(signed, at: start + 1005), at: start + 1000)
        let challenge = Array<UInt8>(0xD0...0xDF)
        try add(
            "a signed code that answers a challenge", shop.present(signed, at: start + 9, challenge: challenge),
            at: start + 10, challenge: challenge)
        let chain = try shop.sign(shop.chain.payload)
        for (name, offset) in [("first", 0), ("second", 30), ("middle", 43_215), ("last", 86_399)] as [(String, UInt64)]
        {
            try add("a chain code in its \(name) slot", shop.link(chain, at: start + offset), at: start + offset)
        }
        try add("a chain code at the end of a slot", shop.link(chain, at: start + 60), at: start + 89)
        try add("a timed code", shop.sign(Draft.timed.payload), at: start + 119)
        try add("a paper code", shop.sign(Draft.paper.payload), at: start + 20 * 86_400)
        let later = shop.chain.with { $0.claims[5] = .unsigned(start + 3600) }
        try add("a code that begins later", shop.link(shop.sign(later.payload), at: start + 3600), at: start + 3600)
        let short = shop.chain.with { $0.claims[4] = .unsigned(start + 100) }
        try add(
            "a chain of 4 slots, the last cut short", shop.link(shop.sign(short.payload), at: start + 99),
            at: start + 99)
    }

    private mutating func delegated() throws {
        let start = Draft.issuedAt
        let signed = shop.signed.with { $0.body.append(Draft.actor) }
        try add("a delegated signed code", shop.present(shop.sign(signed.payload), at: start + 5), at: start + 5)
        let chain = shop.chain.with { $0.body.append(Draft.actor) }
        try add("a delegated chain code", shop.link(shop.sign(chain.payload), at: start + 5), at: start + 5)
    }

    private mutating func others() throws {
        let start = Draft.issuedAt
        let enterprise = try shop.sign(Draft.enterprise.payload)
        try add("an enterprise code", enterprise, form: .enterprise, at: start + 86_400)
        let object = try shop.sign(Draft.object.payload)
        try add("an object code with a location", object, form: .object, at: start + 1_000_000_000)
        let bare = Draft.object.with { $0.body[5] = .null }
        try add("an object code without a location", shop.sign(bare.payload), form: .object, at: start)
        let place = Draft.object.with { draft in
            draft.body[1] = .unsigned(1)
            draft.body[2] = .byteString(Array(0xC0...0xCF))
            draft.body[5] = .array([.integer(-33_868_800), .integer(-151_209_300), .unsigned(1)])
        }
        try add("a place code south and west", shop.sign(place.payload), form: .object, at: start)
        vectors.append(
            vector(
                "an enterprise code in lower case", try shop.text(enterprise, form: .enterprise).lowercased(), at: start
            ))
    }

    private mutating func add(
        _ name: String, _ bytes: [UInt8], form: Form = .person, at: UInt64, challenge: [UInt8]? = nil
    ) throws {
        vectors.append(vector(name, try shop.text(bytes, form: form), at: at, challenge: challenge))
    }

    private func vector(_ name: String, _ text: String, at: UInt64, challenge: [UInt8]? = nil) -> Vector {
        Vector(
            name: "\(name), \(shop.suite.rawValue)", text: text, key: Workshop.fileName("issuer", shop.suite), at: at,
            challenge: challenge, expect: "ok", source: "Credential.docc/WireFormat.md")
    }
}
