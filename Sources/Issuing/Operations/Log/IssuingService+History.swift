import Encoding
import Storage
import TraceLog

extension IssuerOperation {
    /// An object's events, oldest first, in pages: `{"object", "events": […], "next": SEQUENCE | null}`.
    ///
    /// With `"with": "entry"` each event also has its log entry as `entry`, in hex.
    package static let objectHistory = reading("object.history", takes: ["object", "from", "limit", "with"]) {
        service, request, _ in
        let object = try ObjectID.registered(request.string("object"))
        let first = try request.optionalUnsigned("from") ?? 0
        let limit = try request.pageCount("limit", max: historyCountMax)
        let with = try request.optionalString("with")
        guard with == nil || with == "entry" else {
            throw OperationError(
                code: .requestMalformed, reason: "`with` has an unknown value",
                hint: "set `with` to `entry`, or omit it")
        }
        let subject = Hex.encode(object.bytes)
        try service.database.read { [registry = service.registry] in try registry.checkObject(subject, in: $0) }
        let entries = try service.log.store.history(object, from: first, count: limit)
        return OperationAnswer(json: [
            "object": .string(subject), "events": .array(try entries.map { try $0.json(isWhole: with != nil) }),
            "next": entries.count == limit ? .integer(Int64(clamping: first + UInt64(limit))) : .null,
        ])
    }

    /// The openings of personal fields that were not erased, in pages, each in the form of `chain-verify --openings`.
    ///
    /// `{"openings": [{salt, name, value, index}…], "next": INDEX | null}`.
    package static let exportOpenings = reading(
        "openings.export", takes: ["from", "log"],
        subject: { service, request, _ in try service.log(named: request).store.name.rawValue }
    ) {
        service, request, _ in
        let first = try request.optionalUnsigned("from") ?? 0
        let (openings, next) = try service.log(named: request).store.openings(from: first, count: openingCountMax)
        return OperationAnswer(json: [
            "openings": .array(openings.map { index, opening in opening.json(index: index) }),
            "next": next.map { .integer(Int64(clamping: $0)) } ?? .null,
        ])
    }

    /// The most entries in one answer of an object's history.
    private static let historyCountMax = 1_000
    /// The approximate limit of openings in one answer.
    private static let openingCountMax = 10_000
}

extension Opening {
    fileprivate func json(index: UInt64) -> JSONValue {
        [
            "salt": .string(Hex.encode(salt)), "name": .string(name), "value": .string(value),
            "index": .integer(Int64(clamping: index)),
        ]
    }
}
