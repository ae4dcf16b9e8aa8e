import Encoding
package import ForeignCodes
import Glibc

/// How bundles and operators' files carry a transit network.
extension TransitNetwork {
    /// Reads `{"customData", "epoch", "length", "authorities": [{"index", "key"}…]}`, as an operator writes it.
    ///
    /// - Throws: `bundle_unreadable` for unknown members, values or keys.
    package init(json bytes: [UInt8]) throws(BundleError) {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax, depthMax: 4),
            let members = value.object?.members,
            members.allSatisfy({ ["customData", "epoch", "length", "authorities"].contains($0.key) }),
            let entries = value["authorities"]?.array
        else { throw Self.malformed("it is not an object of customData, epoch, length and authorities") }
        let pairs = entries.map { entry -> (UInt64?, [UInt8]?) in
            let index = entry["index"]?.integer.flatMap(UInt64.init(exactly:))
            return (index, entry["key"]?.string.flatMap { try? Hex.decode($0) })
        }
        try self.init(
            customData: value["customData"]?.string, epoch: value["epoch"]?.string, length: value["length"]?.string,
            authorities: pairs)
    }

    /// Reads the description in a file; nil if the file does not exist.
    package init?(contentsOf path: String) throws(BundleError) {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        try self.init(json: GateFile.read(path, byteCountMax: Self.byteCountMax))
    }

    init(_ item: CBORItem) throws(BundleError) {
        let fields = try DocumentFields(item, in: "the transit network")
        let pairs = try fields.array("authorities", countMax: Self.authorityCountMax).map { entry in
            (entry.array?.first?.unsigned, entry.array?.dropFirst().first?.byteString)
        }
        try self.init(
            customData: fields.text("customData"), epoch: fields.text("epoch"), length: fields.text("length"),
            authorities: pairs)
    }

    private init(
        customData: String?, epoch: String?, length: String?, authorities pairs: [(UInt64?, [UInt8]?)]
    ) throws(BundleError) {
        guard let place = customData.flatMap(TransitLayout.CustomDataPlace.init(rawValue:)),
            let start = epoch.flatMap(TransitLayout.Epoch.init(rawValue:)),
            let meaning = length.flatMap(TransitLayout.LengthMeaning.init(rawValue:))
        else { throw Self.malformed("customData, epoch or length has an unknown value") }
        var authorities: [UInt8: [UInt8]] = [:]
        for (number, key) in pairs {
            guard let index = number.flatMap(UInt8.init(exactly:)), let key, authorities[index] == nil,
                key.count == TransitLayout.keyByteCount
            else { throw Self.malformed("every authority needs a unique index from 0 to 255 and a key of 33 bytes") }
            authorities[index] = key
        }
        self.init(
            layout: TransitLayout(customDataPlace: place, epoch: start, lengthMeaning: meaning),
            authorities: authorities)
    }

    /// The member `transit` of a bundle.
    var item: CBORItem {
        .record([
            ("customData", .text(layout.customDataPlace.rawValue)),
            ("epoch", .text(layout.epoch.rawValue)),
            ("length", .text(layout.lengthMeaning.rawValue)),
            (
                "authorities",
                .array(sortedAuthorities.map { .array([.unsigned(UInt64($0.key)), .byteString($0.value)]) })
            ),
        ])
    }

    private static func malformed(_ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "the transit network cannot be read: \(reason)",
            hint: "write it in the format of `transit-issuer init`")
    }
}
