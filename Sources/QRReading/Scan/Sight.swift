/// What looks at a picture have given so far; its buffers serve picture after picture.
struct Sight {
    var codes: [ScannedCode] = []
    /// Whether a part of a structured append was seen.
    var hasParts = false
    /// Whether something looks like a code that was not read.
    var seesCode = false

    mutating func clear() {
        codes.removeAll(keepingCapacity: true)
        (hasParts, seesCode) = (false, false)
    }

    /// Takes over what one look has given; of two readings of a code, the one that names character sets says more.
    mutating func add(_ look: Sight) {
        for code in look.codes {
            if let place = codes.firstIndex(where: { $0.bytes == code.bytes }) {
                if codes[place].payload.runs.isEmpty, !code.payload.runs.isEmpty { codes[place] = code }
            } else {
                codes.append(code)
            }
        }
        hasParts = hasParts || look.hasParts
        seesCode = seesCode || look.seesCode
    }
}
