import Credential
import Encoding
import Gate
import TraceLog

/// The page that an object's, a place's or an enterprise's code opens.
struct CodePage: Sendable {
    /// What the registry and the log say beside the code itself.
    struct Record: Sendable {
        /// The object's own card; nil where it is not registered or cannot be asked for.
        var card: SubjectCard?
        var managerCard: SubjectCard?
        /// The registered names of actors, by USCC.
        var names: [String: String] = [:]
        /// The object's events; nil where they cannot be read now.
        var history: ObjectHistory?
        /// The size of the published log.
        var publishedCount: UInt64 = 0
        /// Of the timeline, from 1.
        var number = 1
    }

    let context: PageContext
    let code: CheckedCode
    let record: Record
    let codeHost: String
    /// SHA-256 of the root's key in hex, with which the script begins its proof.
    let rootDigest: String

    private var words: Words { context.words }
    private var claims: Claims { code.credential.claims }

    /// The page as UTF-8.
    var bytes: [UInt8] {
        var frame = PageFrame(context: context, title: heading)
        frame.hasScript = true
        frame.data = data
        frame.linkset = .path(code.path.parts, query: [("linkType", "linkset")])
        var content: [HTML] = [.of(.h1, [], .foreign(heading)), Banner(code, words).html(), facts]
        let object = claims.object.map { Hex.encode($0.id) }
        if claims.object != nil { content.append(timeline) } else { content.append(inspections) }
        content.append(
            ProvingSection(context: context, path: code.path, object: object, codeHost: codeHost).html)
        content += actions
        return frame.bytes(content)
    }

    private var heading: String {
        switch claims.body {
        case .enterprise(let enterprise): enterprise.name
        case .object(let object):
            record.card?.name ?? CategoryWords.text(object.category, context.language) ?? kindWord(object)
        case .person: ""
        }
    }

    private func kindWord(_ object: ObjectClaims) -> String {
        object.kind == .place ? words.facts.place : words.facts.object
    }

    /// What the script needs: where the trust list, the status lists, the log and the events are.
    private var data: [HTMLAttribute] {
        var data: [HTMLAttribute] = [
            .data("code", code.path.text()), .data("form", claims.form.name), .data("trust", "/gates/bundle.cbor"),
            .data("roots", "/gates/roots.cbor"), .data("root", "/gates/root.pem"), .data("root-digest", rootDigest),
            .data("checkpoint", "/log/checkpoint"), .data("log", "/log/"), .data("hot", "/gates/status/hot"),
        ]
        if claims.object != nil { data.append(.data("events", code.path.text("events"))) }
        if let module = context.module { data.append(.data("module", module.text)) }
        if let list = claims.statusList, let index = claims.statusIndices.first {
            data.append(.data("status", "/status/\(list.shard(of: index).name)"))
            data.append(.data("status-bit", String(index % StatusListReference.shardBitCount)))
        }
        return data
    }

    private var facts: HTML {
        var facts = FactList()
        let names = words.facts
        switch claims.body {
        case .enterprise(let enterprise):
            facts.add(names.name, .foreign(enterprise.name))
            facts.add(names.uscc, .text(enterprise.uscc.text))
        case .object(let object):
            facts.add(names.category, .text(category(object)))
            if let name = record.card?.name { facts.add(names.name, .foreign(name)) }
            facts.add(names.manager, manager(object.manager))
            if let place = object.location { facts.add(names.position, position(place)) }
            facts.add(names.identifier, .of(.code, [], .text(Hex.encode(object.id))))
        case .person: break
        }
        facts.add(names.issuer, .foreign(claims.issuer))
        facts.add(names.issued, PageTime(seconds: claims.issuedAt).html)
        if let end = claims.expiresAt { facts.add(names.validUntil, PageTime(seconds: end).html) }
        return .of(.section, [.id("facts")], facts.html)
    }

    private func category(_ object: ObjectClaims) -> String {
        let word = CategoryWords.text(object.category, context.language) ?? words.facts.unknownCategory
        return "\(kindWord(object)) · \(word)"
    }

    private func manager(_ uscc: USCC) -> HTML {
        let name: HTML = record.managerCard?.name.map(HTML.foreign) ?? .text(words.facts.notNamed)
        return .many([name, .text(" · "), .link(context.link(["E", uscc.text]), [], .text(uscc.text))])
    }

    private func position(_ place: Location) -> HTML {
        PositionWords(
            latitudeMicrodegrees: place.latitudeMicrodegrees, longitudeMicrodegrees: place.longitudeMicrodegrees,
            isOffset: place.reference == .gcj02
        ).html(context)
    }

    private var timeline: HTML {
        guard let history = record.history else {
            return .of(
                .section, [.id("history")], .of(.h2, [], .text(words.timeline.heading)),
                .of(.p, [], .text(words.timeline.unavailable)))
        }
        return Timeline(
            context: context, path: code.path, history: history, publishedCount: record.publishedCount,
            names: record.names, number: record.number
        ).html
    }

    private var inspections: HTML {
        .of(
            .section, [.id("inspections")], .of(.h2, [], .text(words.facts.inspections)),
            .of(.p, [.class("quiet")], .text(words.facts.inspectionsNote)))
    }

    /// Checking in at a place, and reporting a fault.
    private var actions: [HTML] {
        var links: [HTML] = []
        if let host = context.walletHost, claims.object?.kind == .place, code.isInForce {
            let url = LinkAddress.https(host: host, ["w"], fragment: "in=\(code.path.base32)")
            links.append(.link(url, [.class("button")], .text(words.failures.checkInLink)))
        }
        if context.takesReports, claims.object != nil {
            let url = context.link(code.path.parts + ["report"])
            links.append(.link(url, [.class("button")], .text(words.reporting.link)))
        }
        return links.isEmpty ? [] : [.element(.p, [.class("pages")], links)]
    }
}
