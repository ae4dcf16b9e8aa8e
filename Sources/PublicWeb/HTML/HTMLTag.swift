/// The elements that pages are made of; neither `style` nor an inline `script` is among them.
enum HTMLTag: String, Sendable, CaseIterable {
    case a, bdi, body, button, code, dd, div, dl, dt, form, h1, h2, h3, head, header, html, label, li, link, main, meta
    case nav, noscript, ol, option, p, pre, script, section, select, span, strong, textarea, time, title, ul

    /// Whether the element has neither content nor an end tag.
    var isVoid: Bool {
        switch self {
        case .link, .meta: true
        default: false
        }
    }
}
