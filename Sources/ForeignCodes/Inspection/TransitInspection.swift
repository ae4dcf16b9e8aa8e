package import Encoding

/// The unverified content of a transit code, for debugging.
package struct TransitInspection: Sendable {
    package let json: JSONObject

    /// Reads the fields of a code.
    ///
    /// Nil for bytes that are not a transit code in any known layout. Times are counted from 1970 here: a code does not
    /// state its network's epoch.
    ///
    /// - Parameter bytes: the whole code.
    package init?(_ bytes: [UInt8]) {
        let layouts = TransitLayout.LengthMeaning.allCases.flatMap { meaning in
            TransitLayout.CustomDataPlace.allCases.map { place in
                TransitLayout(customDataPlace: place, lengthMeaning: meaning)
            }
        }
        let codes = layouts.lazy.compactMap { layout in TransitCode(bytes, layout: layout).map { ($0, layout) } }
        guard let (code, layout) = codes.first else { return nil }
        json = [
            "certificate": [
                "caIndex": .integer(Int64(code.certificate.caIndex)), "issuer": Self.hex(code.certificate.issuer),
                "expiryDay": Self.number(code.certificate.expiryDay), "key": Self.hex(code.certificate.key),
            ],
            "paymentAccount": Self.hex(code.paymentAccount), "cardAccount": Self.hex(code.cardAccount),
            "issuer": Self.hex(code.issuer), "platform": Self.hex(code.platform),
            "cardType": .integer(Int64(code.cardType)), "highestFare": Self.number(code.highestFare),
            "userKey": Self.hex(code.userKey), "authorisedUntil": Self.number(code.authorisedUntil),
            "lifeSeconds": Self.number(code.lifeSeconds), "customData": Self.hex(code.customData),
            "generatedAt": Self.number(code.generatedAt),
            "layout": [
                "customDataPlace": .string(layout.customDataPlace.rawValue), "epoch": .string(layout.epoch.rawValue),
                "lengthMeaning": .string(layout.lengthMeaning.rawValue),
            ],
        ]
    }

    private static func hex(_ bytes: [UInt8]) -> JSONValue { .string(Hex.encode(bytes)) }

    private static func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
}
