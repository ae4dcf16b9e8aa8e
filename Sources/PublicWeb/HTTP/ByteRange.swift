/// What a `Range` field asks of a file (RFC 9110 §14).
package enum ByteRange: Sendable, Equatable {
    /// The whole file: no range, several ranges, another unit, or a field that cannot be read.
    case whole
    case part(Range<Int>)
    /// No byte of the range is in the file: status 416.
    case unsatisfiable

    /// Reads the field.
    ///
    /// - Parameters:
    ///   - field: such as `bytes=0-99`, `bytes=100-` or `bytes=-100`.
    ///   - byteCount: the file's length.
    package init(_ field: String?, byteCount: Int) {
        self = .whole
        guard let field, field.utf8.count <= 64, field.lowercased().hasPrefix("bytes=") else { return }
        let bounds = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (nil, let count?) where bounds[0].isEmpty:
            self =
                count == 0 || byteCount == 0 ? .unsatisfiable : .part(max(0, byteCount - count)..<byteCount)
        case (let first?, nil) where bounds[1].isEmpty:
            self = first < byteCount ? .part(first..<byteCount) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < byteCount ? .part(first..<min(last + 1, byteCount)) : .unsatisfiable
        default: return
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
