import Encoding

/// The event in an entry: a map whose key 0 is the kind.
///
/// 0 observed ``TraceEvent``, 1 ``Erasure``, 2 ``KeyStatusChange``, 3 ``HeadsStatement``, 4 ``Act``. Keys are small integers in
/// ascending order; keys that a kind does not define are refused.
package enum LogEvent: Sendable, Equatable {
    case observed(TraceEvent)
    case erased(Erasure)
    case keyStatus(KeyStatusChange)
    case heads(HeadsStatement)
    case act(Act)

    /// The kind's number in key 0.
    package enum Kind: UInt64, Sendable {
        case observed = 0
        case erased = 1
        case keyStatus = 2
        case heads = 3
        case act = 4
    }

    package var kind: Kind {
        switch self {
        case .observed: .observed
        case .erased: .erased
        case .keyStatus: .keyStatus
        case .heads: .heads
        case .act: .act
        }
    }

    func write(to writer: inout CBORWriter) throws(TraceLogError) {
        switch self {
        case .observed(let event): try event.write(to: &writer)
        case .erased(let erasure): try erasure.write(to: &writer)
        case .keyStatus(let change): try change.write(to: &writer)
        case .heads(let heads): heads.write(to: &writer)
        case .act(let act): act.write(to: &writer)
        }
    }

    static func read(_ reader: inout EntryReader) throws(TraceLogError) -> LogEvent {
        var map = try EventMapReader(&reader)
        guard try map.nextKey(&reader) == 0, let kind = Kind(rawValue: try reader.readUnsigned()) else {
            throw .entry("the event's kind is missing or unknown")
        }
        switch kind {
        case .observed: return .observed(try TraceEvent.read(&reader, &map))
        case .erased: return .erased(try Erasure.read(&reader, &map))
        case .keyStatus: return .keyStatus(try KeyStatusChange.read(&reader, &map))
        case .heads: return .heads(try HeadsStatement.read(&reader, &map))
        case .act: return .act(try Act.read(&reader, &map))
        }
    }
}

/// Walks the keys of an event's map in their order.
struct EventMapReader {
    private var left: Int
    private var previous: Int64?

    init(_ reader: inout EntryReader) throws(TraceLogError) {
        left = try reader.readMapHeader()
    }

    /// The next key; nil after the last.
    mutating func nextKey(_ reader: inout EntryReader) throws(TraceLogError) -> Int64? {
        guard left > 0 else { return nil }
        left -= 1
        let key = try reader.readIntegerKey(after: previous)
        previous = key
        return key
    }

    /// Takes the next key, which must be `key`.
    mutating func expect(_ key: Int64, _ reader: inout EntryReader) throws(TraceLogError) {
        guard try nextKey(&reader) == key else { throw .entry("the event lacks its key \(key)") }
    }

    /// Refuses further keys.
    mutating func finish(_ reader: inout EntryReader) throws(TraceLogError) {
        guard left == 0 else { throw .entry("the event has a key that its kind does not define") }
    }
}
