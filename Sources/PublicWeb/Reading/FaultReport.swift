import Encoding

/// A report of a fault, from anybody who stands before an object or a place.
package struct FaultReport: Sendable, Equatable {
    /// The most bytes of the form.
    package static let byteCountMax = 8192
    package static let characterCountMax = 500
    /// What can be wrong, in the order of the form.
    package static let kinds = ["damaged", "unsafe", "misplaced", "copied", "other"]

    package let kind: String
    /// At most ``characterCountMax`` characters, without control characters other than line ends.
    package let text: String

    /// Reads the form's fields, `application/x-www-form-urlencoded`.
    ///
    /// - Throws: `form_malformed`.
    package init(form bytes: [UInt8]) throws(WebError) {
        guard bytes.count <= Self.byteCountMax, let form = String(validating: bytes, as: UTF8.self),
            let fields = RequestTarget.parameters(form), let kind = fields["kind"], Self.kinds.contains(kind)
        else { throw Self.malformed("the form names no known fault") }
        let text = (fields["text"] ?? "").replacing("\r\n", with: "\n")
        guard text.count <= Self.characterCountMax,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t" })
        else { throw Self.malformed("the text is longer than \(Self.characterCountMax) characters") }
        (self.kind, self.text) = (kind, text)
    }

    private static func malformed(_ reason: String) -> WebError {
        WebError(.formMalformed, reason, hint: "send kind and text as the page's form does")
    }
}
