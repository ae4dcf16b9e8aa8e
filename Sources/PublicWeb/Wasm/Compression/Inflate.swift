import Platform
import Signing

/// Unpacks zlib data (RFC 1950) with the browser's own function.
package enum Inflate {
    /// Unpacks a whole zlib stream.
    ///
    /// - Parameters:
    ///   - input: the whole stream, with nothing after it.
    ///   - byteCountMax: the most bytes that the stream may unpack to.
    /// - Returns: the unpacked bytes; none where the browser has not unpacked it yet.
    /// - Throws: `corrupt`, `too_large`.
    package static func all(_ input: [UInt8], byteCountMax: Int) throws(InflateError) -> [UInt8] {
        guard let answer = Outside.answer(.unpack, input) else { return [] }
        guard answer.first == 1 else { throw .corrupt }
        guard answer.count - 1 <= byteCountMax else { throw .tooLarge(byteCountMax) }
        return Array(answer.dropFirst())
    }
}
