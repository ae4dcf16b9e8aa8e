package import Encoding
import Signing
package import TraceLog

/// The receipts of one gate and day that the settlement asks for; anybody can compute them again.
package struct SettlementDraw: Sendable, Equatable {
    /// The most receipts that one draw asks for, so that a draw cannot ask for everybody.
    package static let sampleCountMax = 1000
    /// The bytes of a beacon's value: at least 128 bits in hex.
    package static let beaconByteCounts = 16...256
    /// The most bytes of a draw's JSON text.
    package static let byteCountMax = 64 << 10
    private static let label = Array("suishen settlement draw v1".utf8)
    private static let members = ["day", "gate", "count", "root", "beacon", "sample", "indices"]

    package let gate: GateIdentifier
    package let day: SettlementDay
    /// The number of receipts in the closed day.
    package let count: UInt64
    package let root: MerkleHash
    /// The public random value, as it was published.
    package let beacon: String
    /// The number of receipts asked for.
    package let sampleCount: Int
    /// The places of the drawn receipts, ascending.
    package let indices: [UInt64]

    /// Draws.
    ///
    /// - Parameters:
    ///   - closed: the registered day.
    ///   - beacon: the public random value.
    ///   - sampleCount: how many receipts; all of them where the day has no more.
    /// - Throws: `draw_invalid` for a beacon or a count out of range.
    package init(of closed: ClosedDay, beacon: String, sampleCount: Int) throws(ReceiptError) {
        try self.init(
            gate: closed.gate, day: closed.day, count: closed.count, root: closed.root, beacon: beacon,
            sampleCount: sampleCount)
    }

    private init(
        gate: GateIdentifier, day: SettlementDay, count: UInt64, root: MerkleHash, beacon: String, sampleCount: Int
    ) throws(ReceiptError) {
        guard Self.beaconByteCounts.contains(beacon.utf8.count), beacon.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalidDraw("the beacon is not \(Self.beaconByteCounts) visible ASCII characters")
        }
        guard (1...Self.sampleCountMax).contains(sampleCount), count <= ClosedDay.countMax else {
            throw .invalidDraw("a sample has 1 to \(Self.sampleCountMax) receipts")
        }
        (self.gate, self.day, self.count, self.root) = (gate, day, count, root)
        (self.beacon, self.sampleCount) = (beacon, sampleCount)
        let seed = DigestAlgorithm.sha256.digest(
            Self.label + Self.bigEndian(UInt64(beacon.utf8.count)) + Array(beacon.utf8) + gate.bytes
                + Self.bigEndian(day.number) + Self.bigEndian(count) + root.bytes)
        indices = Self.indices(seed: seed, count: count, sampleCount: sampleCount)
    }

    /// Reads a draw, and computes it again.
    ///
    /// - Throws: `draw_invalid` for anything but what ``json`` makes.
    package init(_ value: JSONValue) throws(ReceiptError) {
        guard let object = value.object, object.members.map(\.key).sorted() == Self.members.sorted(),
            let gate = value["gate"]?.string.flatMap({ GateIdentifier($0) }),
            let day = value["day"]?.string.flatMap({ SettlementDay($0) }),
            let count = value["count"]?.integer.flatMap(UInt64.init(exactly:)),
            let rootText = value["root"]?.string, let rootBytes = try? Hex.decode(rootText),
            let root = MerkleHash(rootBytes), let beacon = value["beacon"]?.string,
            let sampleCount = value["sample"]?.integer.flatMap(Int.init(exactly:)),
            let items = value["indices"]?.array
        else { throw .invalidDraw("it has other members than a draw") }
        try self.init(
            gate: gate, day: day, count: count, root: root, beacon: beacon, sampleCount: sampleCount)
        guard items.map(\.integer) == indices.map({ Int64(exactly: $0) }) else {
            throw .invalidDraw("its indices do not follow from its beacon")
        }
    }

    package var json: JSONValue {
        [
            "day": .string(day.text), "gate": .string(gate.text), "count": .integer(Int64(clamping: count)),
            "root": .string(Hex.encode(root.bytes)), "beacon": .string(beacon),
            "sample": .integer(Int64(sampleCount)),
            "indices": .array(indices.map { .integer(Int64(clamping: $0)) }),
        ]
    }

    /// Distinct indices below `count`, ascending, each as likely as any other.
    ///
    /// SHA-256(seed ‖ number) for the numbers 0, 1, … gives four words each, the most significant byte first. A word
    /// at or above the highest multiple of `count` is skipped, so that no index is likelier than another; so is an
    /// index that was drawn before.
    private static func indices(seed: [UInt8], count: UInt64, sampleCount: Int) -> [UInt64] {
        guard count > UInt64(sampleCount) else { return Array(0..<count) }
        let excess = (UInt64.max % count + 1) % count
        var drawn: Set<UInt64> = []
        var number: UInt64 = 0
        while drawn.count < sampleCount {
            let digest = DigestAlgorithm.sha256.digest(seed + bigEndian(number))
            number += 1
            for start in stride(from: 0, to: digest.count, by: 8) where drawn.count < sampleCount {
                let word = digest[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                if word <= UInt64.max - excess { drawn.insert(word % count) }
            }
        }
        return drawn.sorted()
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] { LittleEndian.bytes(number).reversed() }
}
