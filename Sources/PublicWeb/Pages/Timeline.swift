import Encoding
import TraceLog

/// The events of an object, the newest first, in pages.
struct Timeline: Sendable {
    /// The events on one page.
    static let pageCount = 50

    let context: PageContext
    let path: CodePath
    let history: ObjectHistory
    /// The size of the log that the newest checkpoint states.
    let publishedCount: UInt64
    /// The registered names of actors, by USCC.
    let names: [String: String]
    /// From 1.
    let number: Int

    private var words: Words.Timeline { context.words.timeline }
    private var pageCountMax: Int { Self.pageCount(of: history) }

    var html: HTML {
        var content: [HTML] = [.of(.h2, [], .text(words.heading))]
        guard !history.events.isEmpty else {
            return .element(.section, [.id("history")], content + [.of(.p, [.class("quiet")], .text(words.empty))])
        }
        content.append(.of(.p, [.class("quiet")], .text(words.total(history.events.count))))
        if history.isCut { content.append(.of(.p, [.class("quiet")], .text(words.cut))) }
        let shown = Self.shown(of: history, page: number)
        content.append(.element(.ol, [.class("events")], shown.map(item)))
        if pageCountMax > 1 { content.append(pages) }
        return .element(.section, [.id("history")], content)
    }

    /// The events on a page, the newest first.
    static func shown(of history: ObjectHistory, page number: Int) -> [HistoryEvent] {
        Array(history.events.reversed().dropFirst((number - 1) * pageCount).prefix(pageCount))
    }

    /// The number of pages, at least 1.
    static func pageCount(of history: ObjectHistory) -> Int {
        max(1, (history.events.count + pageCount - 1) / pageCount)
    }

    private var pages: HTML {
        var links: [HTML] = []
        if number > 1 { links.append(link(number - 1, words.newer)) }
        links.append(.of(.span, [], .text(words.page(number, pageCountMax))))
        if number < pageCountMax { links.append(link(number + 1, words.older)) }
        return .element(.nav, [.class("pages"), .label(words.heading)], links)
    }

    private func link(_ page: Int, _ text: String) -> HTML {
        .link(context.link(path.parts, [("page", String(page))], fragment: "history"), [], .text(text))
    }

    private func item(_ event: HistoryEvent) -> HTML {
        let entry = event.entry
        let isPublished = event.link.index < publishedCount
        var content: [HTML] = [
            .of(
                .h3, [], .of(.span, [.class("number")], .text("\(entry.sequence + 1)")), .text(title(of: entry)))
        ]
        var facts = FactList()
        if case .observed(let observed) = entry.event {
            let time = PageTime(milliseconds: observed.timeMilliseconds, offsetMinutes: observed.offsetMinutes)
            content.append(time.html)
            EventFacts(context: context, path: path).add(observed, to: &facts)
        } else {
            content.append(PageTime(milliseconds: Int64(clamping: entry.recordedAtMilliseconds)).html)
        }
        facts.add(words.recordedBy, actor(entry.actor))
        if !entry.commitments.isEmpty {
            content.append(.of(.p, [.class("quiet personal")], .text(personal(event))))
        }
        content.append(facts.html)
        content.append(mark(event, isPublished: isPublished))
        return .element(
            .li,
            [
                .class(isPublished ? "recorded" : "pending"), .id("event-\(entry.sequence)"),
                .data("sequence", String(entry.sequence)), .data("index", String(event.link.index)),
                .data("leaf", Hex.encode(event.link.leafHash.bytes)),
            ], content)
    }

    private func title(of entry: Entry) -> String {
        switch entry.event {
        case .observed(let event): StepWords.text(event.step, context.language)
        case .erased(let erasure): words.erasure(sequence(of: erasure.index))
        case .keyStatus: words.keyChange
        case .heads: words.heads
        case .act(let act): act.term.rawValue
        }
    }

    /// The number by which the page calls the entry at an index of the log, counted from 1.
    private func sequence(of index: UInt64) -> String {
        history.events.first { $0.link.index == index }.map { String($0.entry.sequence + 1) } ?? "?"
    }

    private func personal(_ event: HistoryEvent) -> String {
        let erased = history.erased[event.link.index]?.intersection(event.entry.commitments).count ?? 0
        let text = words.personal(event.entry.commitments.count)
        return erased == 0 ? text : "\(text) · \(words.erased(erased))"
    }

    private func actor(_ uscc: String) -> HTML {
        guard !uscc.isEmpty else { return .text(words.service) }
        let link = HTML.link(context.link(["E", uscc]), [], .text(uscc))
        return names[uscc].map { .many([.foreign($0), .text(" · "), link]) } ?? link
    }

    private func mark(_ event: HistoryEvent, isPublished: Bool) -> HTML {
        guard isPublished else {
            return .of(.p, [.class("mark"), .data("mark", "pending")], Icons.pending, .text(" \(words.pending)"))
        }
        let proof = LinkAddress.path(path.parts + ["proof", String(event.entry.sequence)])
        return .of(
            .p, [.class("mark"), .data("mark", "published")], Icons.proved, .text(" \(words.proved) · "),
            .link(proof, [], .text(words.proof)))
    }
}
