/// Counts in the Prometheus text format, version 0.0.4.
package struct MetricsText {
    /// The kinds of metrics in use.
    package enum Kind: String {
        case counter
        case gauge
        case summary
    }

    /// The metrics so far; each line ends with a line feed.
    package private(set) var text = ""

    package init() {}

    /// Begins a metric, whose samples follow.
    ///
    /// - Parameters:
    ///   - name: the metric's name.
    ///   - kind: its kind.
    ///   - help: one line of words without a backslash.
    package mutating func begin(_ name: String, _ kind: Kind, help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Adds a sample of the metric.
    ///
    /// - Parameters:
    ///   - name: the metric's name, with the suffix of the sample where it has one.
    ///   - value: a number.
    ///   - labels: names and values of the program's own, without quotation marks, backslashes and line feeds.
    package mutating func add(
        _ name: String, _ value: some LosslessStringConvertible, labels: KeyValuePairs<String, String> = [:]
    ) {
        let words = labels.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        text += "\(name)\(words.isEmpty ? "" : "{\(words)}") \(value)\n"
    }
}
