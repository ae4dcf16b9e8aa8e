/// A text that is split over several symbols of one picture (structured append, ISO/IEC 18004 §8).
package struct SplitText: Sendable, Equatable {
    /// A part, and its place in the picture.
    package struct Part: Sendable, Equatable {
        package let symbol: SymbolPart
        package internal(set) var corners: ScannedCode.Corners
    }

    /// Why the parts give no text.
    package enum Fault: Error, Equatable {
        /// Parts are not in the picture; their indices, from 0.
        case missing([Int])
        /// Two symbols with different content say that they are this part.
        case contradictory(Int)
        /// The bytes have another parity than the parts say, so that these belong to different texts.
        case wrongParity(UInt8)
        /// The parts are valid alone and cannot be read as one text.
        case unreadable
    }

    /// The number of parts that the text has.
    package let count: Int
    /// The parity that all parts say.
    package let parity: UInt8
    /// The parts that the picture shows, by their index; contradictory parts are all in it.
    package let parts: [Part]
    /// The joined text, or why there is none.
    package let payload: Result<Payload, Fault>

    /// Groups parts by the parity and the count that they say, in the order of their first parts.
    static func grouped(_ parts: [Part]) -> [SplitText] {
        var groups: [[Part]] = []
        for part in parts {
            let header = part.symbol.header
            let known = groups.firstIndex {
                $0[0].symbol.header.count == header.count && $0[0].symbol.header.parity == header.parity
            }
            if let known { groups[known].append(part) } else { groups.append([part]) }
        }
        return groups.map(SplitText.init)
    }

    /// Joins parts with one parity and count.
    private init(_ group: [Part]) {
        (count, parity) = (group[0].symbol.header.count, group[0].symbol.header.parity)
        parts = group.sorted { $0.symbol.header.index < $1.symbol.header.index }
        payload = Self.join(parts.map { $0.symbol }, count: count, parity: parity)
    }

    private static func join(_ parts: [SymbolPart], count: Int, parity: UInt8) -> Result<Payload, Fault> {
        for (part, next) in zip(parts, parts.dropFirst()) where part.header.index == next.header.index {
            return .failure(.contradictory(part.header.index))
        }
        let missing = (0..<count).filter { index in !parts.contains { $0.header.index == index } }
        guard missing.isEmpty else { return .failure(.missing(missing)) }
        var reader = PayloadReader()
        guard let payload = reader.join(parts) else { return .failure(.unreadable) }
        let sum = payload.bytes.reduce(0, ^)
        return sum == parity ? .success(payload) : .failure(.wrongParity(sum))
    }
}
