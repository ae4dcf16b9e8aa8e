/// The elements that pages are made of; neither `style` nor an inline `script` is among them.
enum HTMLTag: String, Sendable, CaseIterable {
    case a, article, aside, bdi, body, button, code, dd, details, div, dl, dt, footer, form, h1, h2, h3, head, header
    case html, input, label, li, link, main, meta, nav, ol, option, p, pre, script, section, select, span, strong
    case summary, textarea, time, title, ul

    /// Whether the element has neither content nor an end tag.
    var isVoid: Bool {
        switch self {
        case .input, .link, .meta: true
        default: false
        }
    }
}
