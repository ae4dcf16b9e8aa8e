import Credential
import Encoding
import Signing

extension GateBundle {
    /// The bundle as a deterministic CBOR map with text keys.
    func encoded() -> [UInt8] {
        var fields: [(String, CBORItem)] = [
            ("version", .unsigned(version)),
            ("iat", .unsigned(issuedAt)),
            ("exp", .unsigned(expiresAt)),
            ("issuers", .array(issuers.map(\.item))),
            ("statusLists", .array(statusLists.map { $0.item(issuedAtMin: statusListTimes[$0]) })),
            ("hosts", .array(hosts.map(CBORItem.text))),
            ("scenes", .array(scenes.map(\.item))),
            ("categories", .array(categories.sorted { $0.key < $1.key }.map(Self.category))),
        ]
        if !domains.isEmpty { fields.append(("domains", .array(domains.map { .text($0.rawValue) }))) }
        if let links { fields.append(("links", .array([.byteString(links.salt), .byteString(links.entries)]))) }
        if let transit { fields.append(("transit", transit.item)) }
        if let settlementKey { fields.append(("settlement", .byteString(settlementKey.spki))) }
        return CBORItem.record(fields).encoded()
    }

    private static func category(_ number: UInt64, _ name: String) -> CBORItem {
        .array([.unsigned(number), .text(name)])
    }
}

extension IssuerRecord {
    fileprivate var item: CBORItem {
        var fields: [(String, CBORItem)] = [
            ("iss", .text(issuer)),
            ("kid", .byteString(keyIdentifier)),
            ("alg", .integer(algorithm.rawValue)),
            ("key", .byteString(publicKey)),
            ("uses", .array(KeyUse.allCases.filter(uses.contains).map { .text($0.rawValue) })),
            ("nbf", .unsigned(notBefore)),
            ("exp", .unsigned(expiresAt)),
            ("status", .text(status.rawValue)),
        ]
        if let retiredAt { fields.append(("retiredAt", .unsigned(retiredAt))) }
        return .record(fields)
    }
}

extension StatusListReference {
    fileprivate func item(issuedAtMin: UInt64?) -> CBORItem {
        var fields: [(String, CBORItem)] = [
            ("iss", .text(issuer)), ("form", .integer(form.rawValue)),
            ("day", day.map(CBORItem.unsigned) ?? .null),
        ]
        if shard != 0 { fields.append(("shard", .unsigned(shard))) }
        if let issuedAtMin { fields.append(("iat", .unsigned(issuedAtMin))) }
        return .record(fields)
    }
}
