import Credential
import Encoding
import ForeignCodes
import Signing

extension GateBundle {
    init(payload: ArraySlice<UInt8>) throws(BundleError) {
        let item: CBORItem
        do {
            item = try CBORItem.decode(
                payload, rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 8)
        } catch {
            throw .malformed("the bundle cannot be read: \(error.reason)")
        }
        let fields = try DocumentFields(item, in: "the bundle")
        let lists = try Self.statusLists(fields)
        try self.init(
            version: fields.unsigned("version"), issuedAt: fields.unsigned("iat"), expiresAt: fields.unsigned("exp"),
            issuers: Self.issuers(fields), statusLists: lists.map(\.reference),
            statusListTimes: Self.leastTimes(lists),
            domains: fields["domains"] == nil
                ? [] : fields.values("domains", countMax: SealDomain.allCases.count, SealDomain.init(rawValue:)),
            hosts: fields.values("hosts", countMax: Self.hostCountMax) { $0 },
            scenes: Self.scenes(fields), categories: Self.categories(fields), links: Self.links(fields),
            transit: fields["transit"].map { (item) throws(BundleError) in try TransitNetwork(item) },
            settlementKey: fields["settlement"] == nil ? nil : Self.settlementKey(fields))
    }

    private static func settlementKey(_ fields: DocumentFields) throws(BundleError) -> ReceivingPublicKey {
        guard let key = try? ReceivingPublicKey(spki: fields.bytes("settlement")) else {
            throw fields.invalidMember("settlement")
        }
        return key
    }

    private static func issuers(_ fields: DocumentFields) throws(BundleError) -> [IssuerRecord] {
        var records: [IssuerRecord] = []
        for item in try fields.array("issuers", countMax: issuerCountMax) {
            records.append(try IssuerRecord(item))
        }
        return records
    }

    private typealias NamedList = (reference: StatusListReference, issuedAtMin: UInt64?)

    private static func statusLists(_ fields: DocumentFields) throws(BundleError) -> [NamedList] {
        var lists: [NamedList] = []
        for item in try fields.array("statusLists", countMax: statusListCountMax) {
            let record = try DocumentFields(item, in: "a status list's record")
            let issuedAtMin: UInt64? = record["iat"] == nil ? nil : try record.unsigned("iat")
            lists.append((try StatusListReference(record), issuedAtMin))
        }
        return lists
    }

    private static func leastTimes(_ lists: [NamedList]) -> [StatusListReference: UInt64] {
        var times: [StatusListReference: UInt64] = [:]
        for (reference, issuedAtMin) in lists {
            if let issuedAtMin { times[reference] = max(issuedAtMin, times[reference] ?? 0) }
        }
        return times
    }

    private static func scenes(_ fields: DocumentFields) throws(BundleError) -> [Scene] {
        var scenes: [Scene] = []
        for item in try fields.array("scenes", countMax: sceneCountMax) { scenes.append(try Scene(item)) }
        return scenes
    }

    private static func categories(_ fields: DocumentFields) throws(BundleError) -> [UInt64: String] {
        let items = try fields.array("categories", countMax: categoryCountMax)
        var categories = [UInt64: String](minimumCapacity: items.count)
        for item in items {
            guard let pair = item.array, pair.count == 2, let number = pair[0].unsigned, let name = pair[1].text
            else { throw fields.invalidMember("categories") }
            categories[number] = name
        }
        return categories
    }

    private static func links(_ fields: DocumentFields) throws(BundleError) -> BlindedLinkTable? {
        guard let item = fields["links"] else { return nil }
        guard let parts = item.array, parts.count == 2, let salt = parts[0].byteString,
            let entries = parts[1].byteString
        else { throw fields.invalidMember("links") }
        return try BlindedLinkTable(salt: salt, entries: entries)
    }
}

extension IssuerRecord {
    init(_ item: CBORItem) throws(BundleError) {
        let fields = try DocumentFields(item, in: "an issuer's record")
        guard let algorithm = SignatureAlgorithm(rawValue: try fields.integer("alg")) else {
            throw fields.invalidMember("alg")
        }
        // A mapped status list names its signer at a fixed length.
        guard try fields.bytes("kid").count == VerificationKey.keyIdentifierByteCount else {
            throw fields.invalidMember("kid")
        }
        guard let status = KeyStatus(rawValue: try fields.text("status")) else { throw fields.invalidMember("status") }
        try self.init(
            issuer: fields.text("iss"), keyIdentifier: fields.bytes("kid"), algorithm: algorithm,
            publicKey: fields.bytes("key"),
            uses: Set(fields.values("uses", countMax: KeyUse.allCases.count, KeyUse.init(rawValue:))),
            notBefore: fields.unsigned("nbf"), expiresAt: fields.unsigned("exp"), status: status,
            retiredAt: fields["retiredAt"] == nil ? nil : fields.unsigned("retiredAt"))
    }
}

extension StatusListReference {
    init(_ fields: DocumentFields) throws(BundleError) {
        guard let form = Form(rawValue: try fields.integer("form")) else { throw fields.invalidMember("form") }
        let day: UInt64? = if fields["day"] == .null { nil } else { try fields.unsigned("day") }
        let shard = fields["shard"] == nil ? 0 : try fields.unsigned("shard")
        self.init(issuer: try fields.text("iss"), form: form, day: day, shard: shard)
    }
}
