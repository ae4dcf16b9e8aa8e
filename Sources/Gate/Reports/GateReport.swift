package import Encoding

/// What a gate tells the issuer's operators about itself: versions, ages, counts and warnings (Gate.docc/Reports.md).
///
/// No member can hold a code, a pseudonym or a subject: every text is the name of a list, a scene, a code or a warning.
package struct GateReport: Sendable, Equatable {
    /// The most bytes of a report's text.
    package static let byteCountMax = 4096
    /// The most lists that a report names: those with the oldest content.
    package static let listCountMax = 16
    package static let warningCountMax = 16
    /// The seconds by which a report may be dated ahead of the issuer's clock.
    package static let aheadSecondsMax: UInt64 = 300
    private static let depthMax = 4

    /// The bundle that the gate's folder has.
    package struct Bundle: Sendable, Equatable {
        package let version: UInt64
        /// Seconds since 1970-01-01T00:00:00Z.
        package let issuedAt: UInt64
    }

    /// A list that the bundle names, with its newest `iat` that the gate has seen; 0 if it has seen none.
    package struct ListTime: Sendable, Equatable {
        package let name: String
        package let issuedAt: UInt64
    }

    package let gate: GateIdentifier
    /// Higher in every report of a gate.
    package let counter: UInt64
    /// Seconds since 1970-01-01T00:00:00Z, by the gate's clock.
    package let issuedAt: UInt64
    /// The time from which on the verdicts are counted, by the gate's clock.
    package let countedSince: UInt64
    /// `ok`, or the code of the error of the last fetch.
    package let fetch: String
    /// Nil where the folder's bundle cannot be used.
    package var bundle: Bundle?
    /// The version of the newest root document that the gate follows; nil for none.
    package var rootVersion: UInt64?
    /// At most ``listCountMax`` lists, in the order of their names.
    package var lists: [ListTime] = []
    /// The number of lists that the bundle names.
    package var listCount: UInt64 = 0
    /// The `iat` of the newest hot list; nil where the gate has seen none.
    package var hotListTime: UInt64?
    /// The last day, since 1970, for which the gate has sealed keys; nil where it has none.
    package var keysLastDay: UInt64?
    /// How far most holders' phones are ahead of the gate's clock, in seconds; below 0, they are behind.
    ///
    /// It is 0 where they agree with the clock, and nil where too few were seen.
    package var clockOffsetSeconds: Int64?
    package var counts = VerdictCounts()
    /// The warnings of verdicts since the report before, in alphabetical order.
    package var warnings: [String] = []

    init(gate: GateIdentifier, counter: UInt64, issuedAt: UInt64, countedSince: UInt64, fetch: String) {
        (self.gate, self.counter, self.issuedAt) = (gate, counter, issuedAt)
        (self.countedSince, self.fetch) = (countedSince, fetch)
    }

    /// Reads a report's text, which has one form: no second text is read as the same report.
    ///
    /// - Throws: `report_invalid`.
    package init(_ text: String) throws(BundleError) {
        guard let value = try? JSONValue.parse(text.utf8, byteCountMax: Self.byteCountMax, depthMax: Self.depthMax),
            let report = Self.read(value), report.isBounded, report.text == text
        else {
            throw Self.invalid("its text is not a report of at most \(Self.byteCountMax) bytes in its one form")
        }
        self = report
    }

    static func invalid(_ reason: String) -> BundleError {
        BundleError(
            code: .reportInvalid, reason: "the gate's report cannot be used: \(reason)",
            hint: "let the gate and the issuer run the same version, and the issuer no earlier one than the gate")
    }

    /// The text that is signed.
    package var text: String { json.encoded() }

    /// The report's members, in the order in which they are signed.
    package var json: JSONValue {
        var object: JSONObject = [
            "gate": .string(gate.text), "counter": Self.number(counter), "iat": Self.number(issuedAt),
            "since": Self.number(countedSince), "fetch": .string(fetch),
        ]
        if let bundle {
            object["bundle"] = ["version": Self.number(bundle.version), "iat": Self.number(bundle.issuedAt)]
        }
        object["roots"] = rootVersion.map(Self.number)
        object["lists"] = .object(
            JSONObject(lists.map { JSONObject.Member(key: $0.name, value: Self.number($0.issuedAt)) }))
        object["listCount"] = Self.number(listCount)
        object["hot"] = hotListTime.map(Self.number)
        object["keysLastDay"] = keysLastDay.map(Self.number)
        object["clockOffset"] = clockOffsetSeconds.map { .integer($0) }
        object["counts"] = counts.json
        object["warnings"] = .array(warnings.map { .string($0) })
        return .object(object)
    }

    private static func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

    private static func read(_ value: JSONValue) -> GateReport? {
        guard let gate = value["gate"]?.string.flatMap({ GateIdentifier($0) }),
            let counter = value["counter"]?.unsigned,
            let issuedAt = value["iat"]?.unsigned, let since = value["since"]?.unsigned,
            let fetch = value["fetch"]?.string, let lists = value["lists"]?.object?.members,
            let listCount = value["listCount"]?.unsigned, let counts = value["counts"].flatMap(VerdictCounts.init),
            let warnings = value["warnings"]?.array
        else { return nil }
        var report = GateReport(gate: gate, counter: counter, issuedAt: issuedAt, countedSince: since, fetch: fetch)
        report.bundle = value["bundle"].flatMap { bundle in
            guard let version = bundle["version"]?.unsigned, let issuedAt = bundle["iat"]?.unsigned else { return nil }
            return Bundle(version: version, issuedAt: issuedAt)
        }
        report.rootVersion = value["roots"]?.unsigned
        report.lists = lists.compactMap { list in
            list.value.unsigned.map { ListTime(name: list.key, issuedAt: $0) }
        }
        (report.listCount, report.counts) = (listCount, counts)
        report.hotListTime = value["hot"]?.unsigned
        report.keysLastDay = value["keysLastDay"]?.unsigned
        report.clockOffsetSeconds = value["clockOffset"]?.integer
        report.warnings = warnings.compactMap(\.string)
        return report
    }

    /// Whether every list and name is within its limit.
    private var isBounded: Bool {
        counter > 0 && lists.count <= Self.listCountMax && warnings.count <= Self.warningCountMax
            && (lists.map(\.name) + warnings + [fetch]).allSatisfy(VerdictCounts.isName)
    }
}
