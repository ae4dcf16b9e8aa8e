import Credential
import Encoding
import Gate
import Signing

/// Bundles and status lists, whole and broken.
enum GateVectors {
    static func bundles(_ shop: Workshop) throws -> [JSONValue] {
        let list = StatusListReference(issuer: "SH", form: .person, day: nil)
        let bundle = GateBundle(
            version: 7, issuedAt: Draft.issuedAt, expiresAt: Draft.issuedAt + 86_400,
            issuers: [
                IssuerRecord(
                    issuer: "SH", key: shop.issuer.verificationKey, uses: [.person, .enterprise, .object, .statuslist],
                    notBefore: Draft.issuedAt, expiresAt: Draft.issuedAt + 31_536_000)
            ], statusLists: [list], hosts: ["code.suishen.example"])
        let bytes = try bundle.signed(by: shop.issuer)
        let foreign = try bundle.signed(by: shop.stranger)
        return [
            vector("a bundle", shop, ("bundle", bytes), expect: "ok", more: [("version", 7)]),
            vector("a bundle that another key signed", shop, ("bundle", foreign), expect: "bad_signature"),
            vector("a bundle cut short", shop, ("bundle", bytes.dropLast()), expect: "bundle_unreadable"),
        ]
    }

    static func statusLists(_ shop: Workshop) throws -> [JSONValue] {
        var list = StatusList(count: 4096)
        let revoked = [0, 7, 8, 1000, 4095]
        for index in revoked { list[index] = true }
        let token = StatusListToken(
            subject: "https://code.suishen.example/status/SH-person-lasting", issuedAt: Draft.issuedAt,
            expiresAt: Draft.issuedAt + 86_400, timeToLiveSeconds: 3600, list: list)
        let bytes = try token.signed(by: shop.issuer)
        let foreign = try token.signed(by: shop.stranger)
        let indices = JSONValue.array(revoked.map { .integer(Int64($0)) })
        return [
            vector(
                "a status list", shop, ("token", bytes), expect: "ok", more: [("count", 4096), ("revoked", indices)]),
            vector("a status list that another key signed", shop, ("token", foreign), expect: "status_unknown"),
            vector("a status list cut short", shop, ("token", bytes.dropLast()), expect: "status_unknown"),
        ]
    }

    private static func vector(
        _ name: String, _ shop: Workshop, _ input: (String, some Collection<UInt8>), expect: String,
        more: [(String, JSONValue)] = []
    ) -> JSONValue {
        let members: [(String, JSONValue)] =
            [
                ("name", .string("\(name), \(shop.suite.rawValue)")),
                ("key", .string(Workshop.fileName("issuer", shop.suite))), (input.0, .string(Hex.encode(input.1))),
            ] + more + [("expect", .string(expect)), ("source", "Gate.docc/Bundle.md#Members-of-the-bundle")]
        return .object(JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }
}
