package import Encoding

/// The layout of a transit network's codes, and the keys of its certificate authorities.
package struct TransitNetwork: Sendable, Equatable {
    /// The most authorities: as many as a certificate's one index byte can name.
    package static let authorityCountMax = 256
    /// The largest description in bytes: 256 keys in hex need less.
    package static let byteCountMax = 64 << 10

    package let layout: TransitLayout
    /// Compressed SM2 points of 33 bytes, by the index that certificates name.
    package let authorities: [UInt8: [UInt8]]

    package init(layout: TransitLayout, authorities: [UInt8: [UInt8]]) {
        self.layout = layout
        self.authorities = authorities
    }

    /// The network's description in an operator's JSON form.
    package var json: JSONValue {
        [
            "customData": .string(layout.customDataPlace.rawValue), "epoch": .string(layout.epoch.rawValue),
            "length": .string(layout.lengthMeaning.rawValue),
            "authorities": .array(
                sortedAuthorities.map { ["index": .integer(Int64($0.key)), "key": .string(Hex.encode($0.value))] }),
        ]
    }

    /// The authorities by index.
    package var sortedAuthorities: [(key: UInt8, value: [UInt8])] { authorities.sorted { $0.key < $1.key } }
}
