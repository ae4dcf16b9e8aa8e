package import Platform
package import Storage

/// How often each caller may use each route, and send lines of batches to it.
///
/// A number stands for each route alone: a caller who asks too much of one route can use the others.
package struct RateTable: Sendable, Equatable {
    /// What is limited for one caller.
    private struct Rates: Sendable, Equatable {
        /// Requests a second to each route.
        var requests: UInt64?
        /// Lines of batches a second to each route.
        var lines: UInt64?
        /// Requests a second to the route of the operation with this name.
        var operations: [String: UInt64] = [:]
    }

    /// The most callers that the table holds.
    private static let userCountMax = 1024
    /// The caller's name that stands for all who are not listed.
    private static let everybody = "every"
    /// The most requests or lines a second.
    static let countMax: UInt64 = 1_000_000
    /// The fewest lines a second; at fewer, a batch would wait so long that its connection seems idle.
    static let lineCountMin: UInt64 = 1000
    /// The seconds whose requests may come at once after a pause.
    package static let burstSeconds: UInt64 = 10

    /// Above what a machine of today answers, so that only a runaway program meets it; an export takes seconds of work.
    private static let builtIn = Rates(requests: 20_000, lines: 100_000, operations: ["bundle.export": 10])

    private var everybody = Rates()
    private var callers: [CallerIdentity: Rates] = [:]

    package init() {}

    /// The pace of a caller's requests to a route.
    ///
    /// The lower of two numbers counts: the one for requests, and the one for the operation where there is one. Each is
    /// the caller's own, else everybody's, else the built-in one.
    ///
    /// - Parameters:
    ///   - operation: the name of the route's operation; nil for the daemon's own counts.
    ///   - caller: who asks.
    /// - Returns: the pace; ten seconds' requests may come at once.
    package func requests(to operation: String?, of caller: CallerIdentity) -> Pace {
        let rates = [callers[caller], everybody, Self.builtIn].compactMap(\.self)
        let own = operation.flatMap { name in rates.lazy.compactMap { $0.operations[name] }.first }
        let requests = rates.lazy.compactMap(\.requests).first
        return Self.pace([own, requests].compactMap(\.self).min())
    }

    /// The pace of the lines of a caller's batches to a route.
    package func lines(of caller: CallerIdentity) -> Pace {
        Self.pace(callers[caller]?.lines ?? everybody.lines ?? Self.builtIn.lines)
    }

    private static func pace(_ count: UInt64?) -> Pace {
        let count = count ?? countMax
        return Pace(count, burstCount: count * burstSeconds)
    }

    /// Adds one line of the settings, `CALLER: [requests=N, lines=N, OPERATION=N]`.
    ///
    /// - Returns: the mistake in the line, or nil.
    mutating func add(_ line: SettingsLine) -> String? {
        let caller = CallerIdentity(line.name)
        guard caller != nil || line.name == Self.everybody, let words = line.list else {
            return
                "a line of rates is `CALLER: [requests=N, lines=N, OPERATION=N]`, where CALLER is a user's number, the "
                + "name in a certificate, or every"
        }
        guard caller.map({ callers[$0] == nil }) ?? (everybody == Rates()) else {
            return "\(line.name) is listed twice"
        }
        guard callers.count < Self.userCountMax else { return "there are more than \(Self.userCountMax) callers" }
        var rates = Rates()
        for word in words {
            guard Self.add(word, to: &rates) else { return "`\(word.prefix(40))` is no rate" }
        }
        if let caller { callers[caller] = rates } else { everybody = rates }
        return nil
    }

    private static func add(_ word: String, to rates: inout Rates) -> Bool {
        guard let (name, count) = SettingsLine.count(word), (1...countMax).contains(count) else { return false }
        switch name {
        case "requests":
            guard rates.requests == nil else { return false }
            rates.requests = count
        case "lines":
            guard rates.lines == nil, count >= lineCountMin else { return false }
            rates.lines = count
        default:
            guard name.contains("."), rates.operations.updateValue(count, forKey: name) == nil else { return false }
        }
        return true
    }

    /// The names of the operations that have a number of their own.
    package var operations: Set<String> { Set(([everybody] + callers.values).flatMap(\.operations.keys)) }

    /// The lines that ``add(_:)`` reads, sorted by caller; `{}` for an empty table.
    var text: String {
        let all =
            (everybody == Rates() ? [] : [(Self.everybody, everybody)])
            + callers.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
        guard !all.isEmpty else { return "{}" }
        return all.map { name, rates in
            let words = [rates.requests.map { "requests=\($0)" }, rates.lines.map { "lines=\($0)" }].compactMap(\.self)
            let own = rates.operations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\n  \(name): [\((words + own).joined(separator: ", "))]"
        }.joined()
    }
}
