import Credential
import Encoding
import Signing

/// The structures inside a code: the chain's values, the seals, and their keys.
enum StructureVectors {
    static func chain(_ shop: Workshop) -> JSONValue {
        let links = [0, 1, 1440, 2879].map { slot -> JSONValue in
            ["slot": .integer(Int64(slot)), "link": hex(shop.seed.link(slot: slot) ?? [])]
        }
        return [
            "name": .string("a chain of a day, \(shop.suite.rawValue)"), "suite": .string(shop.suite.rawValue),
            "seedFile": .string(String(decoding: shop.seed.encoded(), as: UTF8.self)),
            "anchor": hex(shop.seed.anchor), "links": .array(links), "expect": "ok",
            "source": "Credential.docc/WireFormat.md#Presentation",
        ]
    }

    static func seals(_ shop: Workshop) throws -> [JSONValue] {
        let random = FixedRandom(label: "seals \(shop.suite.rawValue)")
        let master = try random.bytes(EpochKey.byteCount)
        let day = Draft.issuedAt / 86_400
        let epochKey = try EpochKey(masterKey: master, day: day, suite: shop.suite)
        let cti = Array<UInt8>(0xA0...0xA7)
        let identifiers: [SealDomain: [UInt8]] = [
            .medical: Array("MEDICAL-0001".utf8), .transit: Array("TRANSIT-0001".utf8),
        ]
        return try [[.medical, .transit], [.medical], [.transit], []].map { (linked: [SealDomain]) in
            var given: [SealDomain: (identifier: [UInt8], epochKey: EpochKey)] = [:]
            for domain in linked {
                if let identifier = identifiers[domain] { given[domain] = (identifier, epochKey) }
            }
            let sealed = try Seals(suite: shop.suite, cti: cti).sealed(given, random: random)
            let names = linked.isEmpty ? "nothing" : linked.map(\.rawValue).joined(separator: " and ")
            return [
                "name": .string("\(names) sealed, \(shop.suite.rawValue)"), "suite": .string(shop.suite.rawValue),
                "masterKey": hex(master), "day": .integer(Int64(day)), "epochKey": hex(epochKey.bytes),
                "cti": hex(cti), "seals": hex(sealed),
                "expect": [
                    "medical": linked.contains(.medical) ? hex(identifiers[.medical] ?? []) : .null,
                    "transit": linked.contains(.transit) ? hex(identifiers[.transit] ?? []) : .null,
                ],
                "source": "Credential.docc/WireFormat.md#Seals",
            ]
        }
    }

    private static func hex(_ bytes: [UInt8]) -> JSONValue {
        .string(Hex.encode(bytes))
    }
}
