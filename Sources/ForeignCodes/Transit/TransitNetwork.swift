package import Encoding

/// The layout of a transit network's codes, and the keys of its certificate authorities.
package struct TransitNetwork: Sendable, Equatable {
    /// The most authorities: as many as a certificate's one index byte can name.
    package static let authorityCountMax = 256
    /// The largest description in bytes: 256 keys in hex need less.
    package static let byteCountMax = 64 << 10

    package let layout: TransitLayout
    /// The certificate authorities by the index that certificates name.
    package let authorities: [UInt8: TransitAuthority]
    /// Rises with every change of an operator's file; 0 for a file without versions.
    package let version: UInt64

    package init(layout: TransitLayout, authorities: [UInt8: TransitAuthority], version: UInt64 = 0) {
        self.layout = layout
        self.authorities = authorities
        self.version = version
    }

    /// The network's description in an operator's JSON form.
    package var json: JSONValue {
        var object: JSONObject = [
            "customData": .string(layout.customDataPlace.rawValue), "epoch": .string(layout.epoch.rawValue),
            "length": .string(layout.lengthMeaning.rawValue),
            "authorities": .array(sortedAuthorities.map { Self.json($0.key, $0.value) }),
        ]
        if version > 0 { object["version"] = .integer(Int64(clamping: version)) }
        return .object(object)
    }

    /// The authorities by index.
    package var sortedAuthorities: [(key: UInt8, value: TransitAuthority)] {
        authorities.sorted { $0.key < $1.key }
    }

    private static func json(_ index: UInt8, _ authority: TransitAuthority) -> JSONValue {
        var object: JSONObject = ["index": .integer(Int64(index)), "key": .string(Hex.encode(authority.key))]
        object["nbf"] = authority.notBefore.map { .integer(Int64(clamping: $0)) }
        object["exp"] = authority.expiresAt.map { .integer(Int64(clamping: $0)) }
        if authority.status != .active { object["status"] = .string(authority.status.rawValue) }
        return .object(object)
    }
}
