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
        let trust = try BundleTrust(fields)
        try self.init(
            version: trust.version, issuedAt: trust.issuedAt, expiresAt: trust.expiresAt, issuers: trust.issuers,
            statusLists: trust.statusLists.map { $0.reference }, statusListTimes: Self.leastTimes(trust),
            domains: fields["domains"] == nil
                ? [] : fields.values("domains", countMax: SealDomain.allCases.count, SealDomain.init(rawValue:)),
            hosts: fields.values("hosts", countMax: Self.hostCountMax) { $0 },
            scenes: Self.scenes(fields), categories: Self.categories(fields), links: Self.links(fields),
            transit: fields["transit"].map { (item) throws(BundleError) in try TransitNetwork(item) },
            settlementKey: fields["settlement"] == nil ? nil : Self.settlementKey(fields))
    }

    private static func leastTimes(_ trust: BundleTrust) -> [StatusListReference: UInt64] {
        let times = trust.statusLists.compactMap { list in list.issuedAtMin.map { (list.reference, $0) } }
        return Dictionary(times, uniquingKeysWith: max)
    }

    private static func settlementKey(_ fields: DocumentFields) throws(BundleError) -> ReceivingPublicKey {
        guard let key = try? ReceivingPublicKey(spki: fields.bytes("settlement")) else {
            throw fields.invalidMember("settlement")
        }
        return key
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
