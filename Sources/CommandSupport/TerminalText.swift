/// Untrusted text, made safe for a terminal and for programs that read lines.
package enum TerminalText {
    /// Whether a character controls a terminal or a line: control characters, line separators, and characters that
    /// change the writing direction.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The text as one line, with U+FFFD in place of every control character.
    package static func line(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(shown)
    }
}
