import Encoding
import Gate
import Storage

extension IssuerOperation {
    /// A page of the gates, in the order of their identifiers: `{"gates": […], "warnings": […]}`.
    ///
    /// With `stale`, a number of seconds, only gates that need a look are in it.
    package static let listGates = reading("gate.list", takes: ["after", "limit", "stale"]) {
        service, request, caller in
        let after = try request.optionalString("after") == nil ? nil : request.gate("after").bytes
        let limit = try request.pageCount("limit", max: IssuingService.gatePageCountMax)
        let stale = try request.staleSeconds("stale")
        let gates = try service.database.read { snapshot in
            let review = try GateReview(
                staleSeconds: stale ?? GateReview.staleSecondsDefault,
                newestBundle: Registry.value(of: Registry.bundleCounter, in: snapshot), now: caller.now)
            return try IssuingService.gates(
                after: after, limit: limit, review, onlyFound: stale != nil, in: snapshot)
        }
        return OperationAnswer(json: [
            "gates": .array(gates), "warnings": .array(try service.endWarnings(at: caller.now).map(\.json)),
        ])
    }

    /// One gate, with its newest report.
    package static let showGate = reading("gate.show", takes: ["gate"]) { service, request, _ in
        let identifier = try request.gate("gate").bytes
        let (gate, report) = try service.database.read { (try $0.gate(identifier), try $0.gateReport(identifier)) }
        guard let gate else { throw OperationError.gateUnknown }
        var answer = gate.json.object ?? [:]
        answer["report"] = try report.map { try $0.json }
        return OperationAnswer(json: .object(answer))
    }
}

extension IssuingService {
    /// The most gates of one page.
    package static let gatePageCountMax = 1000

    /// Counts the gates by status and by what is wrong with them.
    package func gateTally(atMilliseconds now: UInt64) throws(OperationError) -> GateTally {
        do {
            return try database.read { snapshot in
                let review = try GateReview(
                    staleSeconds: GateReview.staleSecondsDefault,
                    newestBundle: Registry.value(of: Registry.bundleCounter, in: snapshot), now: now / 1000)
                var tally = GateTally()
                try Self.visitStandings(after: nil, pageCount: Self.gatePageCountMax, in: snapshot) { gate in
                    tally.add(gate, by: review)
                    return true
                }
                return tally
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    fileprivate static func gates(
        after: [UInt8]?, limit: Int, _ review: GateReview, onlyFound: Bool, in snapshot: any RegistrySnapshot
    ) throws -> [JSONValue] {
        var found: [JSONValue] = []
        let pageCount = onlyFound ? gatePageCountMax : limit
        try visitStandings(after: after, pageCount: pageCount, in: snapshot) { standing in
            let findings = review.findings(of: standing)
            guard !onlyFound || !findings.isEmpty else { return true }
            guard var gate = try snapshot.gate(standing.identifier)?.json.object else { return true }
            gate["report"] = standing.report?.json
            gate["findings"] = .array(findings.map { .string($0.rawValue) })
            found.append(.object(gate))
            return found.count < limit
        }
        return found
    }

    /// Visits gates in the order of their identifiers until `visit` returns false.
    private static func visitStandings(
        after: [UInt8]?, pageCount: Int, in snapshot: any RegistrySnapshot, _ visit: (GateStanding) throws -> Bool
    ) throws {
        var after = after
        while true {
            let page = try snapshot.gateStandings(after: after, count: pageCount)
            for gate in page { guard try visit(gate) else { return } }
            guard page.count == pageCount, let last = page.last else { return }
            after = last.identifier
        }
    }
}

extension RequestFields {
    /// A time in seconds after which a silent gate is stale; nil where the request has none.
    fileprivate func staleSeconds(_ name: String) throws(OperationError) -> UInt64? {
        guard let seconds = try optionalUnsigned(name) else { return nil }
        guard (1...GateReview.staleSecondsMax).contains(seconds) else {
            throw OperationError(
                code: .requestMalformed, reason: "`\(name)` is not 1 to \(GateReview.staleSecondsMax) seconds",
                hint: "give the time after which a silent gate is stale")
        }
        return seconds
    }
}

extension GateReportRecord.Mark {
    /// What a page of gates says of a report.
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "counter": .integer(Int64(clamping: counter)), "iat": .integer(Int64(clamping: issuedAt)),
            "receivedAt": .integer(Int64(clamping: receivedAt)),
        ]
        object["bundleVersion"] = bundleVersion.map { .integer(Int64(clamping: $0)) }
        object["clockOffset"] = clockOffsetSeconds.map { .integer($0) }
        return .object(object)
    }
}

extension GateReportRecord {
    /// The whole report, with its arrival and signature.
    fileprivate var json: JSONValue {
        get throws {
            guard let report = try? GateReport(text) else { throw StorageError.corruptRow("the report of a gate") }
            return [
                "receivedAt": .integer(Int64(clamping: mark.receivedAt)), "content": report.json,
                "text": .string(text), "signature": .string(Base64.encode(signature)),
            ]
        }
    }
}
