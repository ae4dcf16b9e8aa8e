/// The results of looks at a picture; it reuses its buffers for every picture.
struct Sight {
    var codes: [ScannedCode] = []
    /// The places of all codes that were read; a code that is there twice has two.
    var places: [ScannedCode.Corners] = []
    /// The codes whose finder patterns, timing and format were seen, and which were not read.
    var unread: [UnreadCode] = []
    /// The parts of split texts, without repetition.
    var parts: [SplitText.Part] = []
    /// Whether zbar saw a part; it does not give a part's header.
    var hasForeignParts = false
    /// Whether a code was corrected and has a mode that no standard defines.
    var hasUnknownMode = false
    /// Whether a code was seen that was not read.
    var seesCode = false
    /// Whether a look was left out because its library cannot be loaded.
    var lacksLibrary = false

    /// What the looks gave; a missing library comes before "no code", since its looks might have read one.
    var outcome: Scan.Outcome {
        if !codes.isEmpty { return .codes }
        if hasParts { return .structuredAppend }
        if lacksLibrary { return .libraryMissing }
        return seesCode ? .unreadable : .noCode
    }

    mutating func clear() {
        codes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        unread.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        (hasForeignParts, hasUnknownMode, seesCode, lacksLibrary) = (false, false, false, false)
    }

    /// Whether a part of a split text was seen.
    var hasParts: Bool { hasForeignParts || !parts.isEmpty }

    /// Whether a split text lacks parts that further looks may read.
    var lacksParts: Bool {
        parts.isEmpty ? hasForeignParts : SplitText.grouped(parts).contains { $0.parts.count < $0.count }
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
        lacksLibrary = lacksLibrary || look.lacksLibrary
    }

    /// Whether nothing was read, or only some parts of a split text.
    var needsLooks: Bool { codes.isEmpty && (!hasParts || lacksParts) }

    /// Whether a code that was read is at this position.
    func hasRead(at point: FourPoints.Point) -> Bool { places.contains { $0.contain(x: point.x, y: point.y) } }

    /// Drops what was first taken for an unread code and then read, and repetitions.
    mutating func settleUnread() {
        var keptCount = 0
        for code in unread.indices {
            let middle = unread[code].corners.middle
            let isKnown = unread[..<keptCount].contains { $0.corners.contain(x: middle.x, y: middle.y) }
            guard !isKnown, !hasRead(at: middle) else { continue }
            unread.swapAt(keptCount, code)
            keptCount += 1
        }
        unread.removeLast(unread.count - keptCount)
        seesCode = seesCode || !unread.isEmpty
    }

    /// Moves and scales the results of a look at a part of the picture to the whole picture.
    mutating func place(by factor: Double, x: Int, y: Int) {
        guard factor != 1 || x != 0 || y != 0 else { return }
        for index in codes.indices { codes[index].corners = codes[index].corners?.placed(by: factor, x: x, y: y) }
        for index in parts.indices { parts[index].corners = parts[index].corners.placed(by: factor, x: x, y: y) }
    }
}
