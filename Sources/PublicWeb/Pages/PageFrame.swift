/// What stands around the content of every page: the head, the visible switches, the end.
struct PageFrame: Sendable {
    static let mainIdentifier = "main"

    let context: PageContext
    let title: String
    /// What the page tells its script, as `data-` attributes of the body.
    var data: [HTMLAttribute] = []
    /// Whether the page starts the script.
    var hasScript = false
    /// Where the code's linkset is.
    var linkset: LinkAddress?

    /// The whole page as UTF-8.
    func bytes(_ content: [HTML]) -> [UInt8] {
        var bytes = Array("<!doctype html>\n".utf8)
        HTML.element(.html, [.lang(context.language.rawValue)], [head, body(content)]).append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private var head: HTML {
        var pieces: [HTML] = [
            .of(.meta, [.charset]),
            .of(.meta, [.name("viewport"), .content("width=device-width, initial-scale=1")]),
            .of(.meta, [.name("color-scheme"), .content("light dark")]),
            .of(.title, [], .text("\(title) · \(context.words.frame.service)")),
            .of(.link, [.rel("stylesheet"), .href(context.style), .crossOrigin]),
        ]
        if let linkset {
            pieces.append(.of(.link, [.rel("linkset"), .type("application/linkset+json"), .href(linkset)]))
        }
        if hasScript, let script = context.script {
            pieces.append(.of(.script, [.type("module"), .src(script), .crossOrigin]))
        }
        return .element(.head, [], pieces)
    }

    private func body(_ content: [HTML]) -> HTML {
        let frame = context.words.frame
        let languages = PageLanguage.allCases.map { language in
            choice(language == .chinese ? "中文" : "English", language, context.view, .lang(language.rawValue))
        }
        let sizes = [(PageView.usual, frame.usualSize), (.large, frame.largeSize)].map { view, name in
            choice(name, context.language, view, nil)
        }
        return .element(
            .body, [.class(context.view == .large ? "large" : "usual")] + data,
            [
                .link(.fragment(Self.mainIdentifier), [.class("skip")], .text(frame.skip)),
                .of(
                    .header, [], .of(.p, [], .text(frame.service)),
                    .of(.nav, [.label(frame.languages)], .element(.ul, [], languages)),
                    .of(.nav, [.label(frame.sizes)], .element(.ul, [], sizes))),
                .element(.main, [.id(Self.mainIdentifier), .focusable], content),
            ])
    }

    private func choice(
        _ name: String, _ language: PageLanguage, _ view: PageView, _ lang: HTMLAttribute?
    ) -> HTML {
        let isCurrent = language == context.language && view == context.view
        let url = LinkAddress.path(context.path, query: context.choices(language, view))
        return .of(.li, [], .link(url, [lang, isCurrent ? .current : nil].compactMap(\.self), .text(name)))
    }
}
