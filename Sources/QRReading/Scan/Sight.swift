/// The results of looks at a picture; it reuses its buffers for every picture.
struct Sight {
    var codes: [ScannedCode] = []
    /// The places of all codes that were read; a code that is there twice has two.
    var places: [ScannedCode.Corners] = []
    /// The parts of split texts, without repetition.
    var parts: [SplitText.Part] = []
    /// Whether zbar saw a part; it does not give a part's header.
    var hasForeignParts = false
    /// Whether a code was corrected and has a mode that no standard defines.
    var hasUnknownMode = false
    /// Whether a code was seen that was not read.
    var seesCode = false

    mutating func clear() {
        codes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        (hasForeignParts, hasUnknownMode, seesCode) = (false, false, false)
    }

    /// Whether a part of a split text was seen.
    var hasParts: Bool { hasForeignParts || !parts.isEmpty }

    /// Whether a split text lacks parts that further looks may read.
    var lacksParts: Bool {
        parts.isEmpty ? hasForeignParts : SplitText.grouped(parts).contains { $0.parts.count < $0.count }
    }

    /// Enlarges all places by a factor.
    mutating func scale(by factor: Double) {
        for index in codes.indices { codes[index].corners = codes[index].corners?.scaled(by: factor) }
        for index in parts.indices { parts[index].corners = parts[index].corners.scaled(by: factor) }
    }

    /// Adds the results of one look; of two readings of a code, the one with character sets is kept.
    mutating func add(_ look: Sight) {
        for code in look.codes {
            if let corners = code.corners { places.append(corners) }
            if let place = codes.firstIndex(where: { $0.bytes == code.bytes }) {
                if codes[place].payload.runs.isEmpty, !code.payload.runs.isEmpty { codes[place] = code }
            } else {
                codes.append(code)
            }
        }
        for part in look.parts {
            places.append(part.corners)
            if !parts.contains(where: { $0.symbol.isSame(as: part.symbol) }) { parts.append(part) }
        }
        hasForeignParts = hasForeignParts || look.hasForeignParts
        hasUnknownMode = hasUnknownMode || look.hasUnknownMode
        seesCode = seesCode || look.seesCode
    }
}
