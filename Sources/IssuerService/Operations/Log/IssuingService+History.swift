package import Encoding
import Storage
import TraceLog

extension IssuingService {
    /// The most entries in one answer of an object's history.
    package static let historyCountMax = 1_000
    /// The most openings in one answer.
    package static let openingCountMax = 10_000

    /// What happened to an object, oldest first.
    ///
    /// - Parameters:
    ///   - object: its identifier in hex.
    ///   - sequence: the first event wanted; 0 for the beginning.
    ///   - limit: how many at most, up to ``historyCountMax``.
    /// - Returns: `{"object", "events": […], "next": SEQUENCE | null}`; `next` goes into the next call.
    /// - Throws: `object_invalid`, `subject_unknown`, or what the registry lacks.
    package func history(of object: String, from sequence: UInt64, limit: Int) throws(OperationError) -> JSONValue {
        let identifier = try ObjectID.registered(object)
        let count = min(max(limit, 1), Self.historyCountMax)
        do {
            try database.read { try registry.checkObject(object, in: $0) }
            let entries = try log.store.history(identifier, from: sequence, count: count)
            let next = entries.count == count ? JSONValue.integer(Int64(clamping: sequence + UInt64(count))) : .null
            return [
                "object": .string(Hex.encode(identifier.bytes)),
                "events": .array(try entries.map { try $0.json() }), "next": next,
            ]
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The openings of personal fields that were not erased, as `chain-verify --openings` reads them.
    ///
    /// - Parameters:
    ///   - index: of the first entry whose openings are wanted; 0 for the beginning.
    ///   - caller: who asks, for the audit trail.
    /// - Returns: `{"openings": [{salt, name, value, index}…], "next": INDEX | null}`.
    /// - Throws: what the registry lacks.
    package func openings(from index: UInt64, for caller: Caller) async throws(OperationError) -> JSONValue {
        do {
            try await database.writer.write { [registry] in
                try registry.audit(
                    uid: caller.uid, action: "openings.export", subject: "log", at: caller.now, in: $0)
            }
            let openings = try log.store.openings(from: index, count: Self.openingCountMax)
            let isWhole = openings.count < Self.openingCountMax - Entry.commitmentCountMax
            return [
                "openings": .array(
                    openings.map { index, opening in
                        [
                            "salt": .string(Hex.encode(opening.salt)), "name": .string(opening.name),
                            "value": .string(opening.value), "index": .integer(Int64(clamping: index)),
                        ]
                    }),
                "next": isWhole
                    ? .null : (openings.last?.index).map { .integer(Int64(clamping: $0 + 1)) } ?? .null,
            ]
        } catch {
            throw OperationError(any: error)
        }
    }

    /// What an auditor needs to hold the log to: `{"origin", "key", "size", "checkpoint"}`, `key` in C2SP's form.
    package func logDescription() throws(OperationError) -> JSONValue {
        [
            "origin": .string(log.key.name), "key": .string(log.key.vkey),
            "checkpoint": log.directory.read("checkpoint").map { .string(String(decoding: $0, as: UTF8.self)) }
                ?? .null,
        ]
    }
}
