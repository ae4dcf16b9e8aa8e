import TraceLog

/// The parts of an observed event as facts of its place in the timeline.
struct EventFacts: Sendable {
    let context: PageContext
    let path: CodePath

    func add(_ event: TraceEvent, to facts: inout FactList) {
        let words = context.words.timeline
        if let place = event.readPoint { facts.add(words.place, .foreign(place)) }
        if let place = event.businessLocation { facts.add(words.place, .foreign(place)) }
        if let point = event.coordinates { facts.add(context.words.facts.position, position(point)) }
        if let disposition = event.disposition {
            facts.add(words.state, .text(DispositionWords.text(disposition, context.language)))
        }
        for field in event.fields { facts.add(field.name, .foreign(field.value)) }
        for document in event.transactions { facts.add(words.document, .foreign(document.identifier)) }
        for element in event.sensorElements {
            for report in element.reports {
                facts.add(report.type, .foreign([report.value, report.unit].compactMap(\.self).joined(separator: " ")))
            }
        }
        if event.corrects != nil { facts.add(words.state, .text(words.corrects)) }
    }

    private func position(_ point: Coordinates) -> HTML {
        PositionWords(
            latitudeMicrodegrees: point.latitudeMicrodegrees, longitudeMicrodegrees: point.longitudeMicrodegrees,
            isOffset: point.reference == .gcj02
        ).html(context)
    }
}

/// A point on the ground with its datum, and a link to the phone's own map.
struct PositionWords: Sendable {
    let latitudeMicrodegrees: Int64
    let longitudeMicrodegrees: Int64
    /// Whether the coordinates are in the offset datum GCJ-02, which a map in WGS 84 would show at a wrong place.
    let isOffset: Bool

    func html(_ context: PageContext) -> HTML {
        let words = context.words.facts
        let text =
            "\(Degrees.text(latitudeMicrodegrees)), \(Degrees.text(longitudeMicrodegrees)) (\(words.datum(isOffset)))"
        guard !isOffset else { return .text(text) }
        let url = LinkAddress.geo(
            latitudeMicrodegrees: latitudeMicrodegrees, longitudeMicrodegrees: longitudeMicrodegrees)
        return .many([.text(text + " "), .link(url, [], .text(words.openMap))])
    }
}
