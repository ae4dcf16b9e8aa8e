/// Reads every QR code in a picture.
package struct Scanner {
    package init() {}

    /// Looks for codes.
    ///
    /// - Parameter image: any grey picture.
    /// - Returns: the codes' payloads and corners, or why there are none.
    package mutating func scan(_ image: GreyImage) -> Scan {
        let found = ZBarPass.read(image.pixels, width: image.width, height: image.height)
        if found.codes.isEmpty { return Scan(outcome: found.hasParts ? .structuredAppend : .noCode, codes: []) }
        return Scan(outcome: .codes, codes: found.codes)
    }
}
