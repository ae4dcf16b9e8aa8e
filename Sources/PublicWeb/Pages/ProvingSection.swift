/// What the page proves and what not, the command that proves it without this service, and the downloads.
struct ProvingSection: Sendable {
    let context: PageContext
    let path: CodePath
    /// The object in hex; nil on an enterprise's page.
    let object: String?
    let codeHost: String

    private var words: Words.Proving { context.words.proving }

    var html: HTML {
        var content: [HTML] = [
            .of(.h2, [], .text(words.heading)),
            .of(
                .p, [.id("check"), .class("quiet"), .role("status"), .live, .data("state", "unchecked")],
                .text(words.unchecked)),
            .of(.h3, [], .text(words.provesTitle)),
            list(object == nil ? words.provesOfEnterprise : words.proves),
            .of(.h3, [], .text(words.provesNotTitle)),
            list(object == nil ? words.provesNotOfEnterprise : words.provesNot),
        ]
        if let object {
            content += [
                .of(.p, [], .text(words.command)),
                .of(.pre, [], .of(.code, [], .text(command(object)))),
                .of(.p, [.class("quiet")], .text(words.commandNote)),
            ]
        }
        content += [.of(.h3, [], .text(words.downloads)), downloads]
        return .element(.section, [.id("proves")], content)
    }

    private func command(_ object: String) -> String {
        // An object's history rests on the log's heads entries, which only an audit of the whole log checks.
        """
        chain-verify audit https://\(codeHost)/log \\
          --key KEY --state audited
        chain-verify object \(object) \\
          https://\(codeHost)/log --state audited
        """
    }

    private var downloads: HTML {
        var links: [(LinkAddress, String)] = [
            (.path(path.parts, query: [("linkType", "json")]), words.json),
            (.path(path.parts, query: [("linkType", "cwt")]), words.signed),
            (.path(path.parts, query: [("linkType", "linkset")]), words.linkset),
        ]
        if object != nil {
            links.append((.path(path.parts + ["events"], query: [("linkType", "epcis")]), words.epcis))
            links.append((.path(["log", "checkpoint"]), words.checkpoint))
        }
        return .element(.ul, [], links.map { url, name in .of(.li, [], .link(url, [], .text(name))) })
    }

    private func list(_ sentences: [String]) -> HTML {
        .element(.ul, [], sentences.map { .of(.li, [], .text($0)) })
    }
}
