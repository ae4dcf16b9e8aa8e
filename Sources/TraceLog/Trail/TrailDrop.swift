package import Encoding

/// The line of the operator's trail about lines that were dropped after their retention.
package enum TrailDrop {
    package static let action = "audit.drop"

    /// The particulars of the line.
    ///
    /// - Parameter number: the last line that was dropped; the log of acts states the hash over the trail up to it.
    /// - Returns: a JSON object.
    package static func detail(through number: UInt64) -> JSONValue { ["through": .integer(Int64(clamping: number))] }

    /// The last line that was dropped, from a line about it; nil for every other line.
    package static func number(in line: TrailLine) -> UInt64? {
        guard line.action == action else { return nil }
        return line.detail["through"]?.integer.flatMap(UInt64.init(exactly:))
    }
}
