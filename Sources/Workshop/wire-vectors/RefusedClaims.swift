import Credential
import Encoding
import Signing

extension RefusedVectors {
    private mutating func refuse(
        _ name: String, _ draft: Draft, form: Form = .person, source: String, change: (inout Draft) -> Void
    ) throws {
        try add(name, shop.sign(draft.with(change).payload), form: form, source: source)
    }

    mutating func personClaims() throws {
        let source = "Credential.docc/WireFormat.md#Person-code"
        let (signed, chain) = (shop.signed, shop.chain)
        let (timed, paper) = (Draft.timed, Draft.paper)
        for claim: Int64 in [1, 4, 6, 7] {
            try refuse("claim \(claim) missing", paper, source: source) { $0.claims[claim] = nil }
        }
        let later = CBORItem.unsigned(start + 86_401)
        try refuse("a claim nobody named", paper, source: source) { $0.claims[2] = .text("subject") }
        try refuse("an empty issuer", paper, source: source) { $0.claims[1] = .text("") }
        try refuse("an issuer of 9 characters", paper, source: source) { $0.claims[1] = .text("SHANGHAI9") }
        try refuse("a cti of 7 bytes", paper, source: source) { $0.claims[7] = .byteString(Array(1...7)) }
        try refuse("an end before the beginning", paper, source: source) { $0.claims[4] = $0.claims[6] }
        try refuse("a signed code of a day and a second", signed, source: source) { $0.claims[4] = later }
        try refuse("a chain code of a day and a second", chain, source: source) { $0.claims[4] = later }
        let soon = CBORItem.unsigned(start + 121)
        try refuse("a timed code of 121 seconds", timed, source: source) { $0.claims[4] = soon }
        try refuse("a beginning after the end", chain, source: source) { $0.claims[5] = later }
        let before = CBORItem.unsigned(start - 1)
        try refuse("a beginning before the issue", chain, source: source) { $0.claims[5] = before }
        try refuse("kind 4", paper, source: source) { $0.body[1] = .unsigned(4) }
        try refuse("form 2 in a person's text", paper, source: source) { $0.body[0] = .unsigned(2) }
        try refuse("form 4", paper, source: source) { $0.body[0] = .unsigned(4) }
        try refuse("a signed code bound to nothing", signed, source: source) { $0.body[3] = .null }
        try refuse("a paper code bound to a key", paper, source: source) { $0.body[3] = signed.body[3] }
        try refuse("a timed code bound to an anchor", timed, source: source) { $0.body[3] = chain.body[3] }
        try refuse("a timed code with a status index", timed, source: source) { $0.body[2] = .unsigned(1) }
        for (name, draft) in [("signed", signed), ("chain", chain), ("paper", paper)] {
            try refuse("a \(name) code without a status index", draft, source: source) { $0.body[2] = .null }
        }
        try refuse("a status index of 33 bits", paper, source: source) { $0.body[2] = .unsigned(1 << 32) }
        try refuse("a device key of 31 bytes", signed, source: source) { $0.body[3] = .byteString(Array(1...31)) }
        try refuse("a device key of 65 bytes", signed, source: source) { $0.body[3] = .byteString(Array(1...65)) }
        try refuse("an anchor of 15 bytes", chain, source: source) { $0.body[3] = .byteString(Array(1...15)) }
        try refuse("seals of 31 bytes", paper, source: source) { $0.body[4] = .byteString(Array(1...31)) }
        try refuse("a body of 4 items", paper, source: source) { $0.body.removeLast() }
        try refuse("a body of 7 items", chain, source: source) { $0.body += [Draft.actor, .null] }
        try refuse("a delegated paper code", paper, source: source) { $0.body.append(Draft.actor) }
        try refuse("a delegated timed code", timed, source: source) { $0.body.append(Draft.actor) }
        try refuse("a delegation of null", chain, source: source) { $0.body.append(.null) }
        try refuse("a delegation of 2 items", chain, source: source) { draft in
            draft.body.append(.array([.byteString(Array(1...8)), .unsigned(1)]))
        }
        try refuse("a guardian of 7 bytes", chain, source: source) { draft in
            draft.body.append(.array([.byteString(Array(1...7)), .unsigned(1), .unsigned(1)]))
        }
        try refuse("a delegation within a delegation", chain, source: source) { draft in
            draft.body.append(.array([.byteString(Array(1...8)), .unsigned(1), .unsigned(1), Draft.actor]))
        }
    }

    mutating func enterpriseClaims() throws {
        let source = "Credential.docc/WireFormat.md#Enterprise-code; GB 32100"
        let draft = Draft.enterprise
        let year = CBORItem.unsigned(start + 366 * 86_400 + 1)
        try refuse("an enterprise code with a cti", draft, form: .enterprise, source: source) {
            $0.claims[7] = .byteString(Array(1...8))
        }
        try refuse("an enterprise code without an end", draft, form: .enterprise, source: source) { $0.claims[4] = nil }
        try refuse("an enterprise code of over a year", draft, form: .enterprise, source: source) {
            $0.claims[4] = year
        }
        try refuse("an enterprise code that begins later", draft, form: .enterprise, source: source) {
            $0.claims[5] = $0.claims[6]
        }
        try refuse("a USCC whose check fails", draft, form: .enterprise, source: source) {
            $0.body[1] = .text("91310000MA1FL00009")
        }
        try refuse("a USCC in lower case", draft, form: .enterprise, source: source) {
            $0.body[1] = .text(Draft.uscc.lowercased())
        }
        try refuse("an empty name", draft, form: .enterprise, source: source) { $0.body[2] = .text("") }
        try refuse("a name of 97 bytes", draft, form: .enterprise, source: source) {
            $0.body[2] = .text(String(repeating: "A", count: 97))
        }
        try refuse("an enterprise code without a status index", draft, form: .enterprise, source: source) {
            $0.body[3] = .null
        }
        let bytes = try shop.sign(draft.payload)
        let header = try shop.unprotected(of: shop.link(shop.sign(shop.chain.payload), at: start))
        try add(
            "an enterprise code with a link in its header", shop.replaceUnprotected(of: bytes, with: header),
            form: .enterprise, source: source)
    }

    mutating func objectClaims() throws {
        let source = "Credential.docc/WireFormat.md#Object-code"
        let draft = Draft.object
        func location(_ latitude: Int64, _ longitude: Int64, _ reference: Int64) -> CBORItem {
            .array([.integer(latitude), .integer(longitude), .integer(reference)])
        }
        let end = CBORItem.unsigned(start + 60)
        try refuse("an object code with an end", draft, form: .object, source: source) { $0.claims[4] = end }
        try refuse("an object code with a cti", draft, form: .object, source: source) {
            $0.claims[7] = .byteString(Array(1...8))
        }
        try refuse("kind 2", draft, form: .object, source: source) { $0.body[1] = .unsigned(2) }
        try refuse("an id of 7 bytes", draft, form: .object, source: source) { $0.body[2] = .byteString(Array(1...7)) }
        try refuse("an id of 17 bytes", draft, form: .object, source: source) {
            $0.body[2] = .byteString(Array(1...17))
        }
        try refuse("a negative category", draft, form: .object, source: source) { $0.body[3] = .integer(-1) }
        try refuse("a category of 17 bits", draft, form: .object, source: source) { $0.body[3] = .unsigned(1 << 16) }
        try refuse("a manager whose check fails", draft, form: .object, source: source) {
            $0.body[4] = .text("91310000MA1FL00009")
        }
        for (name, item) in [
            ("a latitude over the pole", location(90_000_001, 0, 0)),
            ("a longitude past the date line", location(0, -180_000_001, 0)),
            ("an unknown coordinate reference", location(0, 0, 2)),
            ("a location of 2 items", .array([.unsigned(0), .unsigned(0)])),
            ("a latitude in floats", .array([.float(31.5), .float(121.5), .unsigned(0)])),
        ] {
            try refuse(name, draft, form: .object, source: source) { $0.body[5] = item }
        }
        try refuse("an object code without a status index", draft, form: .object, source: source) { $0.body[6] = .null }
        try refuse("an object's body of 8 items", draft, form: .object, source: source) { $0.body.append(.null) }
    }
}
