/// Text of others, as a terminal or a reader of lines may have it.
package enum TerminalText {
    /// Whether a terminal, or who reads lines, would obey a character: controls, separators of lines, and what turns
    /// the writing direction.
    package static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The text with U+FFFD for every character that would be obeyed: one line of what can be seen.
    package static func line(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(isObeyed(scalar) ? "\u{FFFD}" : scalar) }
        return String(shown)
    }
}
