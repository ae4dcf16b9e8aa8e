import Credential
import Encoding
import Signing

/// Codes that must be refused: each has one fault, and is signed with the right key unless the key is the fault.
struct RefusedVectors {
    let shop: Workshop
    private(set) var vectors: [Vector] = []

    static func all(_ shop: Workshop) throws -> [Vector] {
        var builder = RefusedVectors(shop: shop)
        try builder.texts()
        try builder.messages()
        try builder.keys()
        try builder.times()
        try builder.personClaims()
        try builder.enterpriseClaims()
        try builder.objectClaims()
        try builder.presentations()
        return builder.vectors
    }

    private init(shop: Workshop) {
        self.shop = shop
    }

    var start: UInt64 { Draft.issuedAt }

    mutating func add(
        _ name: String, _ bytes: [UInt8], form: Form = .person, at: UInt64 = Draft.issuedAt,
        challenge: [UInt8]? = nil, expect: String = "malformed", source: String
    ) throws {
        add(name, text: try shop.text(bytes, form: form), at: at, challenge: challenge, expect: expect, source: source)
    }

    mutating func add(
        _ name: String, text: String, at: UInt64 = Draft.issuedAt, challenge: [UInt8]? = nil,
        expect: String = "malformed", source: String
    ) {
        vectors.append(
            Vector(
                name: "\(name), \(shop.suite.rawValue)", text: text, key: Workshop.fileName("issuer", shop.suite),
                at: at, challenge: challenge, expect: expect, source: source))
    }

    private mutating func texts() throws {
        let paper = try shop.text(shop.sign(Draft.paper.payload))
        let source = "Credential.docc/WireFormat.md#Person-code; RFC 9285"
        add("an empty text", text: "", source: source)
        add("a text of something else", text: "HTTPS://EXAMPLE.CN/", source: source)
        add("a prefix and no code", text: "SP1:", source: source)
        add("a lower-case prefix", text: "sp1:" + paper.dropFirst(4), source: source)
        add("another version", text: "SP2:" + paper.dropFirst(4), expect: "unsupported_version", source: source)
        add("a far version", text: "SP10:" + paper.dropFirst(4), expect: "unsupported_version", source: source)
        add("lower-case Base45", text: "SP1:" + paper.dropFirst(4).lowercased(), source: source)
        add("a space after the code", text: paper + " ", source: source)
        add("a line end after the code", text: paper + "\n", source: source)
        add("a group of Base45 over 65535", text: "SP1::::", source: source)
        let enterprise = try shop.text(shop.sign(Draft.enterprise.payload), form: .enterprise)
        let url = "Credential.docc/WireFormat.md#Enterprise-code; RFC 4648 section 6"
        add("http in place of https", text: "HTTP" + enterprise.dropFirst(5), source: url)
        add("a path of neither form", text: enterprise.replacing("/E/", with: "/X/"), source: url)
        add("an enterprise code under an object's path", text: enterprise.replacing("/E/", with: "/O/"), source: url)
        add("padding after Base32", text: enterprise + "=", source: url)
        add("a query after Base32", text: enterprise + "?A", source: url)
        add("no host", text: enterprise.replacing(Workshop.host, with: ""), source: url)
        add("a user before the host", text: enterprise.replacing("//CODE", with: "//A@CODE"), source: url)
    }

    private mutating func messages() throws {
        let payload = Draft.paper.payload
        let good = try shop.sign(payload)
        let source = "Credential.docc/WireFormat.md#Rules-for-every-structure"
        try add("no tag", Array(good.dropFirst()), source: source)
        try add("the tag of a COSE_Mac0", [0xD1] + good.dropFirst(), source: source)
        try add("the tag of a CWT around it", [0xD8, 0x3D] + good, source: source)
        try add("a byte after the end", good + [0x00], source: source)
        try add("a byte too few", Array(good.dropLast()), source: source)
        try add("five items", [0xD2, 0x85] + good.dropFirst(2) + [0xF6], source: source)
        try add("an array whose length is not stated", [0xD2, 0x9F] + good.dropFirst(2) + [0xFF], source: source)
        try add("a length in more bytes than needed", [0xD2, 0x98, 0x04] + good.dropFirst(2), source: source)
        let typed = shop.header { $0.append(.init(key: .integer(3), value: .unsigned(60))) }
        try add("a third protected parameter", shop.sign(payload, protected: typed), source: source)
        let anonymous = shop.header { $0.removeLast() }
        try add("no key identifier", shop.sign(payload, protected: anonymous), source: source)
        let kid = CBORItem.map(
            CBORMap([.init(key: .integer(4), value: .byteString(shop.issuer.verificationKey.keyIdentifier))]))
        try add(
            "the key identifier in the wrong header",
            shop.sign(payload, protected: anonymous, unprotected: kid.encoded()), source: source)
        let long = shop.header { $0[1] = .init(key: .integer(4), value: .byteString(Array(1...8))) }
        try add("a key identifier of 8 bytes", shop.sign(payload, protected: long), source: source)
        try add("an empty protected header", shop.sign(payload, protected: []), source: source)
        try add(
            "an unprotected header that is no map", shop.sign(payload, protected: shop.header(), unprotected: [0x80]),
            source: source)
        var short = good
        short.replaceSubrange((good.count - 66)..<(good.count - 64), with: [0x58, 0x3F])
        try add("a signature of 63 bytes", Array(short.dropLast()), source: source)
        let large = Draft.paper.with { $0.body[4] = .byteString(Array(repeating: 7, count: 600)) }
        try add("seals of 600 bytes", shop.sign(large.payload), source: source)
        let unsorted = try Hex.decode("a2061a6ab13b80016253 48".filter { $0 != " " })
        try add("claims out of order", shop.sign(unsorted), source: source)
        try add("a claim twice", shop.sign(Hex.decode("a2016253480162 5348".filter { $0 != " " })), source: source)
        let float = Draft.paper.with { $0.claims[4] = .float(1.5) }
        try add("a float", shop.sign(float.payload), source: source)
        let tagged = Draft.paper.with { $0.claims[4] = .tagged(1, .unsigned(Draft.issuedAt + 60)) }
        try add("a tag on a time", shop.sign(tagged.payload), source: source)
        try add("a byte after the claims", shop.sign(payload + [0x00]), source: source)
    }

    private mutating func keys() throws {
        let payload = Draft.paper.payload
        let good = try shop.sign(payload)
        let source = "Credential.docc/WireFormat.md#Rules-for-every-structure; RFC 9052 section 4.4"
        let other = shop.suite == .es256 ? SignatureAlgorithm.ed25519 : .es256
        let relabelled = shop.header { $0[0] = .init(key: .integer(1), value: .integer(other.rawValue)) }
        try add(
            "a header that names another algorithm", shop.sign(payload, protected: relabelled),
            expect: "algorithm_mismatch", source: source)
        let unknown = shop.header { $0[0] = .init(key: .integer(1), value: .integer(-35)) }
        try add(
            "a header that names ES384", shop.sign(payload, protected: unknown), expect: "algorithm_mismatch",
            source: source)
        try add(
            "another issuer's signature", shop.sign(payload, by: shop.stranger), expect: "bad_signature", source: source
        )
        try add(
            "another key's signature under the right key identifier",
            shop.assemble(
                protected: shop.header(), unprotected: [0xA0], payload: payload,
                signature: shop.stranger.sign(
                    SignatureStructure.signature1(protectedHeader: shop.header()[...], payload: payload[...]))),
            expect: "bad_signature", source: source)
        let longer = Draft.paper.with { $0.claims[4] = .unsigned(Draft.issuedAt + 60 * 86_400) }
        let signature = Array(good.suffix(64))
        try add(
            "a life made longer",
            shop.assemble(
                protected: shop.header(), unprotected: [0xA0], payload: longer.payload, signature: signature),
            expect: "bad_signature", source: source)
        try add(
            "a signature of zeros", good.dropLast(64) + [UInt8](repeating: 0, count: 64), expect: "bad_signature",
            source: source)
        if shop.suite == .es256 {
            try add(
                "the signature with the higher s", good.dropLast(64) + Workshop.flipped(signature),
                expect: "bad_signature", source: "Credential.docc/WireFormat.md#Algorithms")
        }
    }

    private mutating func times() throws {
        let source = "Credential.docc/WireFormat.md#Claims; RFC 8392 section 3.1"
        let timed = try shop.sign(Draft.timed.payload)
        try add("a timed code at its end", timed, at: start + 120 + 5, expect: "expired", source: source)
        try add("a code before it is issued", timed, at: start - 6, expect: "not_yet_valid", source: source)
        let later = shop.chain.with { $0.claims[5] = .unsigned(Draft.issuedAt + 3600) }
        try add(
            "a code before it begins", shop.link(shop.sign(later.payload), at: start), at: start,
            expect: "not_yet_valid", source: source)
        try add(
            "an enterprise code after its year", shop.sign(Draft.enterprise.payload), form: .enterprise,
            at: start + 366 * 86_400, expect: "expired", source: source)
        let far = Draft.paper.with { $0.claims[6] = .unsigned(.max - 1) }.with { $0.claims[4] = .unsigned(.max) }
        try add("a time at the end of all numbers", shop.sign(far.payload), expect: "not_yet_valid", source: source)
    }
}
