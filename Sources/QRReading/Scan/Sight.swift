/// The results of looks at a picture; it reuses its buffers for every picture.
struct Sight {
    var codes: [ScannedCode] = []
    /// The places of all codes that were read; a code that is there twice has two.
    var places: [ScannedCode.Corners] = []
    /// Whether a code of a structured append was seen.
    var hasParts = false
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
        (hasParts, seesCode, lacksLibrary) = (false, false, false)
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
        hasParts = hasParts || look.hasParts
        seesCode = seesCode || look.seesCode
        lacksLibrary = lacksLibrary || look.lacksLibrary
    }
}
