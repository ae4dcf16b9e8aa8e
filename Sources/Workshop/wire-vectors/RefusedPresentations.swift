import Credential
import Encoding
import Signing

extension RefusedVectors {
    mutating func presentations() throws {
        try stripped()
        try links()
        try countersignatures()
    }

    private mutating func refuse(
        _ name: String, _ bytes: [UInt8], at: UInt64, challenge: [UInt8]? = nil, _ expect: String
    ) throws {
        try add(
            name, bytes, at: at, challenge: challenge, expect: expect,
            source: "Credential.docc/WireFormat.md#Presentation; RFC 9338 section 3.3")
    }

    private mutating func stripped() throws {
        let signed = try shop.sign(shop.signed.payload)
        let chain = try shop.sign(shop.chain.payload)
        let link = try shop.unprotected(of: shop.link(chain, at: start))
        let signature = try shop.unprotected(of: shop.present(signed, at: start))
        try refuse("a signed code as issued", signed, at: start, "presentation_missing")
        try refuse("a chain code as issued", chain, at: start, "presentation_missing")
        for (name, draft) in [("timed", Draft.timed), ("paper", Draft.paper)] {
            let bytes = try shop.sign(draft.payload)
            try refuse(
                "a \(name) code with a link", shop.replaceUnprotected(of: bytes, with: link), at: start,
                "bad_presentation")
            try refuse(
                "a \(name) code with a countersignature", shop.replaceUnprotected(of: bytes, with: signature),
                at: start, "bad_presentation")
        }
        try refuse(
            "a signed code with a link", shop.replaceUnprotected(of: signed, with: link), at: start, "bad_presentation")
        try refuse(
            "a chain code with a countersignature", shop.replaceUnprotected(of: chain, with: signature), at: start,
            "bad_presentation")
        let unknown = CBORItem.map(CBORMap([.init(key: .integer(99), value: .unsigned(1))])).encoded()
        try refuse(
            "an unprotected parameter nobody named", shop.replaceUnprotected(of: signed, with: unknown), at: start,
            "bad_presentation")
    }

    private mutating func links() throws {
        let chain = try shop.sign(shop.chain.payload)
        let shown = try shop.link(chain, at: start + 300)
        try refuse("a link in the next slot", shown, at: start + 330, "stale")
        try refuse("a link a slot early", shown, at: start + 270, "from_future")
        guard let link = shop.seed.link(slot: 10) else { return }
        func header(_ slot: UInt64, _ link: [UInt8]) -> [UInt8] {
            CBORItem.map(
                CBORMap([.init(key: .integer(-65538), value: .array([.unsigned(slot), .byteString(link)]))])
            ).encoded()
        }
        for (name, slot, at) in [("next", 11, start + 330), ("last", 9, start + 270)] as [(String, UInt64, UInt64)] {
            try refuse(
                "a link said to be of the \(name) slot",
                shop.replaceUnprotected(of: chain, with: header(slot, link)), at: at, "bad_presentation")
        }
        try refuse(
            "a link past the end of the chain", shop.replaceUnprotected(of: chain, with: header(2880, link)),
            at: start + 86_399, "bad_presentation")
        try refuse(
            "a link of 15 bytes", shop.replaceUnprotected(of: chain, with: header(10, link.dropLast())),
            at: start + 300, "bad_presentation")
        let short = shop.chain.with { $0.claims[4] = .unsigned(Draft.issuedAt + 90) }
        try refuse(
            "a slot after the code's life",
            shop.replaceUnprotected(of: shop.sign(short.payload), with: header(3, link)),
            at: start + 90, "bad_presentation")
        try refuse(
            "a chain where a challenge is asked", shop.link(chain, at: start), at: start,
            challenge: Array(0xD0...0xDF), "challenge_mismatch")
    }

    private mutating func countersignatures() throws {
        let signed = try shop.sign(shop.signed.payload)
        let challenge = [UInt8](0xD0...0xDF)
        let shown = try shop.present(signed, at: start + 100, challenge: challenge)
        try refuse("a showing 61 seconds ago", shown, at: start + 161, challenge: challenge, "stale")
        try refuse("a showing 6 seconds ahead", shown, at: start + 94, challenge: challenge, "from_future")
        try refuse(
            "another challenge answered", shown, at: start + 100, challenge: Array(0xE0...0xEF), "challenge_mismatch")
        try refuse(
            "no challenge answered", shop.present(signed, at: start + 100), at: start + 100, challenge: challenge,
            "challenge_mismatch")
        let other = try shop.sign(shop.signed.with { $0.body[2] = .unsigned(70_099) }.payload)
        try refuse(
            "a countersignature moved to another credential",
            shop.replaceUnprotected(of: other, with: shop.unprotected(of: shown)), at: start + 100,
            challenge: challenge, "bad_presentation")
        guard case .signed(let signature, _)? = try UnverifiedCredential(bytes: shown, form: .person).presentation
        else {
            return
        }
        func header(_ signature: [UInt8], _ claims: [Int64: CBORItem]) -> [UInt8] {
            let entries = claims.map { CBORMap.Entry(key: .integer($0.key), value: $0.value) }
            return CBORItem.map(
                CBORMap([
                    .init(key: .integer(12), value: .byteString(signature)),
                    .init(key: .integer(15), value: .map(CBORMap(entries))),
                ])
            ).encoded()
        }
        let time = CBORItem.unsigned(start + 100)
        let nonce = CBORItem.byteString(challenge)
        let cases: [(String, [UInt8], [Int64: CBORItem])] = [
            ("a countersignature moved to another time", signature, [6: .unsigned(start + 101), 10: nonce]),
            (
                "a countersignature moved to another challenge", signature,
                [6: time, 10: .byteString(Array(0xE0...0xEF))]
            ),
            ("a countersignature without its challenge", signature, [6: time]),
            ("a countersignature of 63 bytes", signature.dropLast(), [6: time, 10: nonce]),
            ("a challenge of 7 bytes", signature, [6: time, 10: .byteString(Array(1...7))]),
            ("a challenge of 17 bytes", signature, [6: time, 10: .byteString(Array(1...17))]),
            ("a claim in the header nobody named", signature, [4: time, 6: time]),
            ("no time in the header", signature, [10: nonce]),
        ]
        for (name, signature, claims) in cases {
            try refuse(
                name, shop.replaceUnprotected(of: signed, with: header(signature, claims)), at: start + 100,
                challenge: challenge, "bad_presentation")
        }
        try refuse(
            "a countersignature by another key",
            shop.replaceUnprotected(
                of: signed, with: header(shop.stranger.sign(Array("anything".utf8)), [6: time, 10: nonce])),
            at: start + 100, challenge: challenge, "bad_presentation")
        if shop.suite == .es256 {
            let high = try Workshop.flipped(signature)
            try refuse(
                "a countersignature with the higher s",
                shop.replaceUnprotected(of: signed, with: header(high, [6: time, 10: nonce])), at: start + 100,
                challenge: challenge, "bad_presentation")
        }
    }
}
