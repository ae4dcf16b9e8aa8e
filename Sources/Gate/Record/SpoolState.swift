import Encoding

/// The state beside a spool: it reveals a cut end, and lets an append skip reading the earlier lines.
struct SpoolState: Equatable {
    /// The number of events sent and removed from the file, and the hash of the last of them.
    var base: UInt64 = 0
    var baseHash = [UInt8](repeating: 0, count: 32)
    /// The number of all events ever spooled, and the hash of the last.
    var count: UInt64 = 0
    var hash = [UInt8](repeating: 0, count: 32)
    /// The length of the file.
    var byteCount: UInt64 = 0
    /// The number of events ever answered by the daemon.
    var sent: UInt64 = 0
    /// Set while the file is being emptied after all its events were sent.
    var isEmptying = false

    static let byteCountMax = 4096

    init() {}

    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, byteCountMax: Self.byteCountMax, depthMax: 2),
            let base = Self.number(value["base"]), let count = Self.number(value["count"]),
            let byteCount = Self.number(value["byteCount"]), let sent = Self.number(value["sent"]),
            let baseHash = Self.hash(value["baseHash"]), let hash = Self.hash(value["hash"]),
            let isEmptying = value["isEmptying"]?.bool, base <= sent, sent <= count
        else { return nil }
        self.base = base
        self.baseHash = baseHash
        self.count = count
        self.hash = hash
        self.byteCount = byteCount
        self.sent = sent
        self.isEmptying = isEmptying
    }

    var encoded: [UInt8] {
        let value: JSONValue = [
            "base": .integer(Int64(clamping: base)), "baseHash": .string(Hex.encode(baseHash)),
            "count": .integer(Int64(clamping: count)), "hash": .string(Hex.encode(hash)),
            "byteCount": .integer(Int64(clamping: byteCount)), "sent": .integer(Int64(clamping: sent)),
            "isEmptying": .bool(isEmptying),
        ]
        return Array(value.encoded().utf8)
    }

    private static func number(_ value: JSONValue?) -> UInt64? {
        value?.integer.flatMap(UInt64.init(exactly:))
    }

    private static func hash(_ value: JSONValue?) -> [UInt8]? {
        guard let bytes = value?.string.flatMap({ try? Hex.decode($0) }), bytes.count == 32 else { return nil }
        return bytes
    }
}
