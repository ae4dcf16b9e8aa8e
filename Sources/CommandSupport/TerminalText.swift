import Encoding

/// Untrusted text, made safe for a terminal and for programs that read lines.
package enum TerminalText {
    /// The text as one line, with U+FFFD in place of every control, direction mark and line separator.
    package static func line(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(scalar.isUnseen ? "\u{FFFD}" : scalar) }
        return String(shown)
    }
}
