import Signing
import TraceLog

extension Tamperer {
    /// A log with a personal field whose opening is lost, and with a false excuse for that.
    func withoutOpenings(_ way: Tampering, key: SigningKey) throws -> TamperedLog {
        var script = try LogScript(entries: entries)
        let object = decoded[target].object
        let other = decoded[target + 1].object
        let index = UInt64(entries.count)
        let lost = try Opening(salt: [UInt8](repeating: 7, count: 16), name: "phone", value: "lost").commitment
        func erasure(of index: UInt64) -> LogEvent {
            .erased(Erasure(index: index, commitments: [lost], reason: "asked by the person"))
        }
        var expected = TamperedLog.Expectation("opening_missing", index: index, object: object.bytes)
        switch way {
        case .foreignErasure:
            try script.append(object, LogScript.inspection(1), commitments: [lost])
            try script.append(other, erasure(of: index))
        case .earlyErasure:
            try script.append(object, erasure(of: index + 1))
            try script.append(object, LogScript.inspection(1), commitments: [lost])
            expected = .init("opening_mismatch", index: index, object: object.bytes)
        case .copiedCommitment:
            try script.append(object, LogScript.inspection(1), commitments: [lost])
            try script.append(object, erasure(of: index))
            try script.append(other, LogScript.inspection(1), commitments: [lost])
            expected = .init("opening_missing", index: index + 2, object: other.bytes)
        default: try script.append(object, LogScript.inspection(1), commitments: [lost])
        }
        return try signed(script.entries, key: key, expected)
    }
}
