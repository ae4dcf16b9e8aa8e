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
}
