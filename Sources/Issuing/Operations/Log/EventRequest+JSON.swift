import Credential
import Encoding
import Signing
import Storage
import TraceLog

extension EventRequest {
    /// The members of a request to append an event, named as in EPCIS where EPCIS has them.
    static let members: Set<String> = [
        "object", "step", "disposition", "action", "location", "businessLocation", "latitude", "longitude",
        "reference", "actor", "fields", "personal", "transactions", "sensors", "eventTimeMilliseconds",
        "offsetMinutes", "corrects", "expected", "idempotencyKey",
    ]

    /// The members of an event that its actor signed; these include its salts.
    static let signedMembers = members.union(["salts"])

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - request: the request's members.
    ///   - nowMilliseconds: milliseconds since 1970-01-01T00:00:00Z; the default event time.
    ///   - random: the source of the salts of personal fields.
    /// - Throws: the refusal of the first invalid member, before anything is written.
    init(_ request: RequestFields, nowMilliseconds: UInt64, random: any RandomSource) throws(OperationError) {
        let object = try ObjectID.registered(request.string("object"))
        do {
            let time = try request.optionalInteger("eventTimeMilliseconds") ?? Int64(clamping: nowMilliseconds)
            var event = TraceEvent(timeMilliseconds: time, step: try BusinessStep(term: request.string("step")))
            if let offset = try request.optionalInteger("offsetMinutes") { event.offsetMinutes = offset }
            if let action = try request.optionalString("action") { event.action = try TraceEvent.Action(name: action) }
            event.disposition = try request.optionalString("disposition").map { try Disposition(term: $0) }
            event.readPoint = try request.optionalString("location")
            event.businessLocation = try request.optionalString("businessLocation")
            event.coordinates = try request.optionalLocation().map(Coordinates.init)
            event.transactions = try request.list("transactions", of: ["type", "id"]).map { item in
                TraceEvent.BusinessTransaction(
                    type: try item.optionalString("type"), identifier: try item.string("id"))
            }
            event.sensorElements = try request.list("sensors", of: ["timeMilliseconds", "device", "reports"]).map {
                try SensorElement($0)
            }
            event.fields = try request.texts("fields").map { TraceEvent.Field(name: $0.name, value: $0.value) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            event.corrects = try request.optionalUnsigned("corrects")
            try event.checkTimes()
            self.init(object: object, event: .observed(event), actor: try request.actor())
            personal = try request.openings(random: random)
            expected = try request.expectation()
            // Limits and terms are checked here, so that a refusal costs no transaction.
            _ = try Entry(
                object: object, sequence: 0, previous: nil, recordedAtMilliseconds: 0, actor: actor,
                event: self.event, commitments: personal.map(\.commitment)
            ).encoded()
        } catch {
            throw OperationError(any: error)
        }
    }
}

extension ObjectID {
    /// Takes the identifier of a registered object or place, in hex.
    static func registered(_ text: String) throws(OperationError) -> ObjectID {
        guard let bytes = try? Hex.decode(text), bytes.count == Registry.objectByteCount, let object = ObjectID(bytes)
        else {
            throw OperationError(
                code: .objectInvalid, reason: "`object` is not \(Registry.objectByteCount) bytes in hex",
                hint: "give the `subject` from the answer to registering the object or place")
        }
        return object
    }
}

extension RequestFields {
    /// The event's actor: a unified social credit code, or an empty text for the service itself.
    func actor() throws(OperationError) -> String {
        guard let text = try optionalString("actor") else { return "" }
        do {
            return try USCC(text).text
        } catch {
            throw OperationError(code: .usccInvalid, reason: error.reason, hint: error.hint)
        }
    }

    /// The place that the writer expects: `{"sequence": N, "previous": HEX}`; `previous` is null for the first event.
    fileprivate func expectation() throws(OperationError) -> EventRequest.Expectation? {
        guard let seen = try optionalNested("expected", of: ["sequence", "previous"]) else { return nil }
        guard let sequence = try seen.optionalUnsigned("sequence") else {
            throw OperationError(
                code: .requestMalformed, reason: "`expected` has no `sequence`",
                hint: "give the sequence that the event should get, and the leaf hash of the event before it")
        }
        let previous = try seen.optionalHex("previous", byteCount: MerkleHash.byteCount)
        return EventRequest.Expectation(sequence: sequence, previousLeafHash: previous.flatMap { MerkleHash($0) })
    }
}

extension RequestFields {
    /// The openings of the personal fields, with the salts of a signed event or with new salts.
    fileprivate func openings(random: any RandomSource) throws -> [Opening] {
        let salts = Dictionary(try texts("salts").map { ($0.name, $0.value) }) { first, _ in first }
        return try texts("personal").map { name, value in
            guard let salt = salts[name] else { return try Opening.make(name: name, value: value, random: random) }
            guard let bytes = try? Hex.decode(salt) else {
                throw OperationError(
                    code: .requestMalformed, reason: "a salt is not in hex",
                    hint: "give \(Opening.saltByteCount) random bytes in hex for each personal field")
            }
            return try Opening(salt: bytes, name: name, value: value)
        }
    }
}

extension SensorElement {
    fileprivate init(_ item: RequestFields) throws(OperationError) {
        var reports: [Report] = []
        for report in try item.list("reports", of: ["type", "value", "unit"]) {
            reports.append(
                Report(
                    type: try report.string("type"), value: try report.string("value"),
                    unit: try report.optionalString("unit")))
        }
        self.init(
            timeMilliseconds: try item.optionalInteger("timeMilliseconds"),
            device: try item.optionalString("device"), reports: reports)
    }
}

extension Coordinates {
    fileprivate init(_ location: Location) {
        self.init(
            latitudeMicrodegrees: location.latitudeMicrodegrees, longitudeMicrodegrees: location.longitudeMicrodegrees,
            reference: location.reference == .cgcs2000 ? .cgcs2000 : .gcj02)
    }
}

extension TraceEvent.Action {
    init(name: String) throws(OperationError) {
        guard let number = Self.names.firstIndex(of: name), let action = Self(rawValue: UInt64(number)) else {
            throw OperationError(
                code: .actionUnknown, reason: "the action is unknown",
                hint: "use \(Self.names.joined(separator: ", "))")
        }
        self = action
    }
}
