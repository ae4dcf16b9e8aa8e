import Encoding
import TraceLog

extension AuditReport {
    /// The report as a person reads it.
    func plainText(elapsedMilliseconds: UInt64) -> String {
        var text = "\(verdict.rawValue): \(code)\n"
        text += "  size    \(size) entries, \(eventCount) events, \(objectCount) objects\n"
        text += "  root    \(Hex.encode(root.bytes))\n"
        text += "  took    \(elapsedMilliseconds) ms\n"
        for finding in findings {
            text += "  finding \(finding.code.rawValue)"
            if let index = finding.index { text += " at index \(index)" }
            if let object = finding.object { text += ", object \(object.isEmpty ? "(log)" : Hex.encode(object))" }
            text += ": \(finding.detail)\n"
        }
        return text
    }
}
