import Encoding
package import ForeignCodes
import Glibc

/// How bundles and operators' files carry a transit network.
extension TransitNetwork {
    /// Reads an operator's description: `{"customData", "epoch", "length", "version", "authorities": […]}`.
    ///
    /// An authority is `{"index", "key", "nbf", "exp", "status"}`; its last three members and `version` are optional.
    ///
    /// - Throws: `bundle_unreadable` for unknown members, values or keys.
    package init(json bytes: [UInt8]) throws(BundleError) {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax, depthMax: 4),
            let members = value.object?.members,
            members.allSatisfy({ ["customData", "epoch", "length", "version", "authorities"].contains($0.key) }),
            let entries = value["authorities"]?.array
        else { throw Self.malformed("it is not an object of customData, epoch, length, version and authorities") }
        var authorities: [(UInt64?, TransitAuthority)] = []
        for entry in entries {
            let index = entry["index"]?.integer.flatMap(UInt64.init(exactly:))
            authorities.append((index, try Self.authority(entry)))
        }
        try self.init(
            customData: value["customData"]?.string, epoch: value["epoch"]?.string, length: value["length"]?.string,
            authorities: authorities, version: Self.number(value["version"], "version") ?? 0)
    }

    private static func authority(_ entry: JSONValue) throws(BundleError) -> TransitAuthority {
        let isKnown = entry.object?.members.allSatisfy { ["index", "key", "nbf", "exp", "status"].contains($0.key) }
        guard isKnown == true, let key = entry["key"]?.string.flatMap({ try? Hex.decode($0) }) else {
            throw malformed("an authority is not an object of index, key, nbf, exp and status")
        }
        var status: TransitAuthority.Status? = .active
        if let value = entry["status"] { status = value.string.flatMap(TransitAuthority.Status.init(rawValue:)) }
        guard let status else { throw malformed("an authority's status is neither active nor compromised") }
        return TransitAuthority(
            key: key, notBefore: try number(entry["nbf"], "nbf"), expiresAt: try number(entry["exp"], "exp"),
            status: status)
    }

    /// An optional whole number; nil if the member is absent.
    private static func number(_ value: JSONValue?, _ name: String) throws(BundleError) -> UInt64? {
        guard let value else { return nil }
        guard let number = value.integer.flatMap(UInt64.init(exactly:)) else {
            throw malformed("\(name) is not a whole number of at least 0")
        }
        return number
    }

    /// Reads the description in a file; nil if the file does not exist.
    package init?(contentsOf path: String) throws(BundleError) {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        try self.init(json: GateFile.read(path, byteCountMax: Self.byteCountMax))
    }

    init(_ item: CBORItem) throws(BundleError) {
        let fields = try DocumentFields(item, in: "the transit network")
        var authorities: [(UInt64?, TransitAuthority)] = []
        for entry in try fields.array("authorities", countMax: Self.authorityCountMax) {
            authorities.append((entry.array?.first?.unsigned, try Self.authority(entry.array ?? [])))
        }
        try self.init(
            customData: fields.text("customData"), epoch: fields.text("epoch"), length: fields.text("length"),
            authorities: authorities, version: fields["version"] == nil ? 0 : fields.unsigned("version"))
    }

    /// Reads `[index, key]`, or `[index, key, {nbf, exp, status}]` with optional members.
    private static func authority(_ parts: [CBORItem]) throws(BundleError) -> TransitAuthority {
        guard parts.count >= 2, let key = parts[1].byteString else { throw malformed("an authority has no key") }
        guard parts.count > 2 else { return TransitAuthority(key: Array(key)) }
        let fields = try DocumentFields(parts[2], in: "a transit authority")
        let status = fields["status"] == nil ? "active" : try fields.text("status")
        guard let status = TransitAuthority.Status(rawValue: status) else { throw fields.invalidMember("status") }
        return TransitAuthority(
            key: Array(key), notBefore: fields["nbf"] == nil ? nil : try fields.unsigned("nbf"),
            expiresAt: fields["exp"] == nil ? nil : try fields.unsigned("exp"), status: status)
    }

    private init(
        customData: String?, epoch: String?, length: String?, authorities pairs: [(UInt64?, TransitAuthority)],
        version: UInt64
    ) throws(BundleError) {
        guard let place = customData.flatMap(TransitLayout.CustomDataPlace.init(rawValue:)),
            let start = epoch.flatMap(TransitLayout.Epoch.init(rawValue:)),
            let meaning = length.flatMap(TransitLayout.LengthMeaning.init(rawValue:))
        else { throw Self.malformed("customData, epoch or length has an unknown value") }
        var authorities: [UInt8: TransitAuthority] = [:]
        for (number, authority) in pairs {
            guard let index = number.flatMap(UInt8.init(exactly:)), authorities[index] == nil,
                authority.key.count == TransitLayout.keyByteCount
            else { throw Self.malformed("every authority needs a unique index from 0 to 255 and a key of 33 bytes") }
            authorities[index] = authority
        }
        self.init(
            layout: TransitLayout(customDataPlace: place, epoch: start, lengthMeaning: meaning),
            authorities: authorities, version: version)
    }

    /// The member `transit` of a bundle.
    var item: CBORItem {
        var fields: [(String, CBORItem)] = [
            ("customData", .text(layout.customDataPlace.rawValue)),
            ("epoch", .text(layout.epoch.rawValue)),
            ("length", .text(layout.lengthMeaning.rawValue)),
            ("authorities", .array(sortedAuthorities.map { Self.item($0.key, $0.value) })),
        ]
        if version > 0 { fields.append(("version", .unsigned(version))) }
        return .record(fields)
    }

    /// An authority without limits stays in the form of the previous software version, for older gates.
    private static func item(_ index: UInt8, _ authority: TransitAuthority) -> CBORItem {
        var parts: [CBORItem] = [.unsigned(UInt64(index)), .byteString(authority.key)]
        guard authority.isLimited else { return .array(parts) }
        var limits: [(String, CBORItem)] = [("status", .text(authority.status.rawValue))]
        if let notBefore = authority.notBefore { limits.append(("nbf", .unsigned(notBefore))) }
        if let expiresAt = authority.expiresAt { limits.append(("exp", .unsigned(expiresAt))) }
        parts.append(.record(limits))
        return .array(parts)
    }

    private static func malformed(_ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "the transit network cannot be read: \(reason)",
            hint: "write it in the format of `transit-issuer init`")
    }
}
