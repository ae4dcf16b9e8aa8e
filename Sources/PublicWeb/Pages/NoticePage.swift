import Encoding

/// A page that says one thing: a refusal, an error, or that a report has arrived.
struct NoticePage: Sendable {
    let context: PageContext
    let banner: Banner
    /// The stable code of an error, for whoever is asked for help.
    var code: String?
    var back: LinkAddress?

    var bytes: [UInt8] {
        var content = [banner.html(title: .h1)]
        if let code {
            content.append(
                .of(.p, [.class("quiet")], .text(context.words.failures.code + " "), .of(.code, [], .text(code))))
        }
        if let back {
            content.append(
                .of(.p, [.class("pages")], .link(back, [.class("button")], .text(context.words.reporting.back))))
        }
        return PageFrame(context: context, title: banner.notice.title).bytes(content)
    }
}

/// What the register says about an enterprise, without a code.
struct RegisteredEnterprisePage: Sendable {
    let context: PageContext
    let uscc: String
    let card: SubjectCard

    var bytes: [UInt8] {
        let words = context.words
        var facts = FactList()
        facts.add(words.facts.name, .foreign(card.name ?? words.facts.notNamed))
        facts.add(words.facts.uscc, .text(uscc))
        let title = card.name ?? uscc
        return PageFrame(context: context, title: title).bytes([
            .of(.h1, [], .foreign(title)), Banner(.open, words.verdicts.registered).html(),
            .of(.section, [.id("facts")], facts.html),
            .of(
                .section, [.id("inspections")], .of(.h2, [], .text(words.facts.inspections)),
                .of(.p, [.class("quiet")], .text(words.facts.inspectionsNote))),
        ])
    }
}

/// The form with which anybody reports a fault.
struct ReportPage: Sendable {
    let context: PageContext
    let path: CodePath

    var bytes: [UInt8] {
        let words = context.words.reporting
        let kinds = FaultReport.kinds.map { kind in
            HTML.of(.option, [.value(kind)], .text(words.kinds[kind] ?? kind))
        }
        let form = HTML.of(
            .form, [.method("post"), .action(context.link(path.parts + ["report"]))],
            .of(.label, [.for("kind")], .text(words.kind)),
            .element(.select, [.id("kind"), .name("kind"), .required], kinds),
            .of(.label, [.for("text")], .text(words.text)),
            .of(
                .textarea, [.id("text"), .name("text"), .rows(5), .maxlength(FaultReport.characterCountMax)]),
            .of(.button, [.type("submit")], .text(words.send)))
        return PageFrame(context: context, title: words.heading).bytes([
            .of(.h1, [], .text(words.heading)),
            .of(.section, [], .of(.p, [], .text(words.privacy)), form),
            .of(.p, [], .link(context.link(path.parts), [], .text(words.back))),
        ])
    }
}
