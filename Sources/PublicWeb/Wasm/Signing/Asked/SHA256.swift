/// SHA-256 by the browser's own function.
enum SHA256 {
    /// The digest; nil where the browser has not computed it yet.
    static func digest(_ content: [UInt8]) -> [UInt8]? { Outside.answer(.sha256, content) }
}
