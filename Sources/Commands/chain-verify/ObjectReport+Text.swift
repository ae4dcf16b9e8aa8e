import CommandSupport
import Encoding
import TraceLog

extension ObjectReport {
    /// The history as plain text, the oldest event first.
    func timeline(elapsedMilliseconds: UInt64) -> String {
        var text = audit.headline
        text += "  object  \(AuditReport.name(of: object.bytes))\n"
        text += "  log     \(audit.size) entries, root \(Hex.encode(audit.root.bytes))\n"
        text += "  proved  \(proof)\n"
        text += "  took    \(elapsedMilliseconds) ms, \(entryReadCount) entries read\n"
        text += audit.cosignatureLines + audit.findingLines
        if let neighbours {
            let before = neighbours.before.map { Hex.encode($0.bytes) } ?? "the list's beginning"
            let after = neighbours.after.map { Hex.encode($0.bytes) } ?? "the list's end"
            text += "\n  absent: the heads list has no object between \(before) and \(after)\n"
        } else if events.isEmpty, completeness != .none {
            text += "\n  absent: the log has no entry of the object\n"
        }
        for event in events { text += "\n" + event.lines }
        return text
    }

    private var proof: String {
        switch completeness {
        case .heads(let index, let count, let isAudited):
            "by the heads entry at \(index), \(count == 0 ? "the log's last" : "and the \(count) entries after it")"
                + "\n  rests   on that heads entry, "
                + (isAudited
                    ? "which the audit that --state remembers has checked"
                    : "which no audit that --state remembers has checked")
        case .wholeLog(let reason): "by the whole log: \(reason)"
        case .none: "nothing: a finding came first"
        }
    }
}

extension ObjectReport.Event {
    fileprivate var lines: String {
        var text = "  #\(entry.sequence)"
        switch entry.event {
        case .observed(let event):
            text += "  \(event.localTime)  \(event.step.rawValue)"
            if let disposition = event.disposition { text += ", \(disposition.rawValue)" }
        case .erased: text += "  \(recordedAt)  erased"
        case .keyStatus: text += "  \(recordedAt)  key status"
        case .heads: text += "  \(recordedAt)  heads"
        case .act(let act): text += "  \(recordedAt)  \(act.term.rawValue)"
        }
        text += "\n" + line("entry", "\(link.index), recorded \(recordedAt), leaf \(Hex.encode(link.leafHash.bytes))")
        let signature =
            entry.signature == nil ? "" : isSignatureValid == true ? ", signature holds" : ", signature not checked"
        if !entry.actor.isEmpty { text += line("actor", entry.actor + signature) }
        switch entry.event {
        case .observed(let event): text += event.details.map { line($0.name, $0.value) }.joined()
        case .erased(let erasure):
            text += line("erased", "\(erasure.commitments.count) personal fields of entry \(erasure.index)")
            text += line("reason", erasure.reason)
        case .act(let act):
            text += zip(act.term.fieldNames, act.values).map { line($0, $1) }.joined()
        case .keyStatus, .heads: break
        }
        if !entry.commitments.isEmpty {
            text += line("private", "\(entry.commitments.count) personal fields, committed")
        }
        return text
    }

    private var recordedAt: String { TraceEvent.utc(Int64(clamping: entry.recordedAtMilliseconds)) }

    /// A line of the report, without control characters from the log: they could control the terminal.
    private func line(_ name: String, _ value: String) -> String {
        let padding = String(repeating: " ", count: max(1, 8 - name.utf8.count))
        return "      \(name)\(padding)\(TerminalText.line(value))\n"
    }
}

extension TraceEvent {
    fileprivate var details: [(name: String, value: String)] {
        var details: [(name: String, value: String)] = []
        if let readPoint { details.append(("at", readPoint)) }
        if let businessLocation { details.append(("place", businessLocation)) }
        if let coordinates {
            let (latitude, longitude) = (coordinates.latitudeMicrodegrees, coordinates.longitudeMicrodegrees)
            details.append(("point", "\(latitude) \(longitude) microdegrees, \(coordinates.reference)"))
        }
        for transaction in transactions {
            details.append(("trade", (transaction.type.map { "\($0) " } ?? "") + transaction.identifier))
        }
        for element in sensorElements {
            for report in element.reports {
                details.append(("sensor", "\(report.type) \(report.value)\(report.unit.map { " \($0)" } ?? "")"))
            }
        }
        for field in fields { details.append(("field", "\(field.name) = \(field.value)")) }
        if let corrects { details.append(("mends", "entry \(corrects)")) }
        return details
    }
}
