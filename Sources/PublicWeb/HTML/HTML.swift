/// A piece of a page; all text in it is escaped when it is written.
///
/// Markup comes from the cases alone: no text of a code, an event or a registry can become an element or an attribute.
indirect enum HTML: Sendable, Equatable {
    case text(String)
    case element(HTMLTag, [HTMLAttribute], [HTML])
    case many([HTML])
    /// Markup that stands in this program's source, such as a drawn icon.
    case constant(ConstantMarkup)

    /// Nothing at all.
    static let nothing = HTML.many([])

    /// The piece as UTF-8.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): HTMLEscaping.append(text, to: &bytes)
        case .many(let pieces): for piece in pieces { piece.append(to: &bytes) }
        case .constant(let markup): markup.append(to: &bytes)
        case .element(let tag, let attributes, let content):
            bytes.append(UInt8(ascii: "<"))
            bytes.append(contentsOf: tag.rawValue.utf8)
            for attribute in attributes { attribute.append(to: &bytes) }
            bytes.append(UInt8(ascii: ">"))
            guard !tag.isVoid else { return }
            for piece in content { piece.append(to: &bytes) }
            bytes.append(contentsOf: "</".utf8)
            bytes.append(contentsOf: tag.rawValue.utf8)
            bytes.append(UInt8(ascii: ">"))
        }
    }

    /// The element of a tag, with its attributes and content.
    static func of(_ tag: HTMLTag, _ attributes: [HTMLAttribute] = [], _ content: HTML...) -> HTML {
        .element(tag, attributes, content)
    }

    /// A text that somebody else wrote, kept apart from the direction of the text around it.
    static func foreign(_ text: String) -> HTML { .element(.bdi, [], [.text(text)]) }

    /// A link.
    static func link(_ url: LinkAddress, _ attributes: [HTMLAttribute] = [], _ content: HTML...) -> HTML {
        .element(.a, [.href(url)] + attributes, content)
    }
}

extension HTML: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self = .text(text) }
}

/// Markup that only a constant of the source can make.
struct ConstantMarkup: Sendable, Equatable {
    private let markup: StaticString

    init(_ markup: StaticString) {
        self.markup = markup
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: markup.description.utf8)
    }

    static func == (left: ConstantMarkup, right: ConstantMarkup) -> Bool {
        left.markup.description == right.markup.description
    }
}
