/// An attribute of an element; an address comes as a ``LinkAddress`` alone.
struct HTMLAttribute: Sendable, Equatable {
    private let name: StaticName
    private let value: String?

    /// The names that attributes may have; no event handler and no `style` is among them.
    private enum StaticName: String {
        case action, charset, `class`, content, crossorigin, datetime, `for`, href, id, lang, maxlength, method
        case name, rel, required, role, rows, src, tabindex, type, value
        case ariaCurrent = "aria-current"
        case ariaLabel = "aria-label"
        case ariaLive = "aria-live"
        case data = "data-"
    }

    private let suffix: String

    private init(_ name: StaticName, _ value: String?, suffix: String = "") {
        (self.name, self.value, self.suffix) = (name, value, suffix)
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: name.rawValue.utf8)
        bytes.append(contentsOf: suffix.utf8)
        guard let value else { return }
        bytes.append(contentsOf: "=\"".utf8)
        HTMLEscaping.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    static func == (left: HTMLAttribute, right: HTMLAttribute) -> Bool {
        left.name == right.name && left.value == right.value && left.suffix == right.suffix
    }

    static func `class`(_ value: String) -> HTMLAttribute { .init(.class, value) }
    static func id(_ value: String) -> HTMLAttribute { .init(.id, value) }
    static func lang(_ value: String) -> HTMLAttribute { .init(.lang, value) }
    static func href(_ url: LinkAddress) -> HTMLAttribute { .init(.href, url.text) }
    static func src(_ url: LinkAddress) -> HTMLAttribute { .init(.src, url.text) }
    static func action(_ url: LinkAddress) -> HTMLAttribute { .init(.action, url.text) }
    static func rel(_ value: StaticString) -> HTMLAttribute { .init(.rel, value.description) }
    static func type(_ value: StaticString) -> HTMLAttribute { .init(.type, value.description) }
    static func role(_ value: StaticString) -> HTMLAttribute { .init(.role, value.description) }
    static func method(_ value: StaticString) -> HTMLAttribute { .init(.method, value.description) }
    static func name(_ value: StaticString) -> HTMLAttribute { .init(.name, value.description) }
    static func content(_ value: String) -> HTMLAttribute { .init(.content, value) }
    static func value(_ value: String) -> HTMLAttribute { .init(.value, value) }
    static func `for`(_ value: String) -> HTMLAttribute { .init(.for, value) }
    static func datetime(_ value: String) -> HTMLAttribute { .init(.datetime, value) }
    static func maxlength(_ value: Int) -> HTMLAttribute { .init(.maxlength, String(value)) }
    static func rows(_ value: Int) -> HTMLAttribute { .init(.rows, String(value)) }
    static func label(_ value: String) -> HTMLAttribute { .init(.ariaLabel, value) }
    static let charset = HTMLAttribute(.charset, "utf-8")
    static let crossOrigin = HTMLAttribute(.crossorigin, "anonymous")
    static let current = HTMLAttribute(.ariaCurrent, "true")
    static let live = HTMLAttribute(.ariaLive, "polite")
    static let required = HTMLAttribute(.required, nil)
    /// A place that a link within the page leads the keyboard to.
    static let focusable = HTMLAttribute(.tabindex, "-1")

    /// What the page tells its script: `data-NAME`.
    static func data(_ name: StaticString, _ value: String) -> HTMLAttribute {
        .init(.data, value, suffix: name.description)
    }
}
