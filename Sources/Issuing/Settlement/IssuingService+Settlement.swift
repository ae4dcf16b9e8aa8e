import Encoding
import Gate
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// Makes the settlement key of an installation that has none: `{"settlementKey", "isNew"}`.
    package static let makeSettlementKey = inquiry("settlement.key") { service, _, caller in
        OperationAnswer(json: try await service.settlementKey(by: caller))
    }

    /// Registers a gate's closed day, and commits to it in the log.
    package static let registerSettlement = logged("settlement.register", takes: ["record"]) {
        try $0.registeringSettlement($1, by: $2)
    }

    /// A page of a day's registered records: `{"settlements": […], "publishedCount"}`.
    ///
    /// The log's newest checkpoint covers the entries below `publishedCount`.
    package static let listSettlements = reading("settlement.list", takes: ["day", "after", "limit"]) {
        service, request, _ in
        let day = try request.settlementDay()
        let after = try request.optionalString("after") == nil ? nil : request.gate("after").bytes
        let limit = try request.pageCount("limit", max: IssuingService.gatePageCountMax)
        let records = try service.database.read {
            try $0.settlements(on: day.number, after: after, count: limit)
        }
        return OperationAnswer(json: [
            "settlements": .array(try records.map { try $0.json() }),
            "publishedCount": .integer(
                Int64(clamping: try service.log.publishedCheckpoint()?.checkpoint.size ?? 0)),
        ])
    }
}

extension IssuingService {
    fileprivate func settlementKey(by caller: Caller) async throws(OperationError) -> JSONValue {
        do {
            if let key = try SettlementKey.read(in: keyFolder) { return Self.json(key, isNew: false) }
            let key = try SettlementKey.make(in: keyFolder, suite: settings.suite)
            try await database.write { [registry] database in
                try registry.audit(
                    by: caller.identity, action: "settlement.key", subject: "settlement", at: caller.now, in: database)
            }
            return Self.json(key, isNew: true)
        } catch {
            throw OperationError(any: error)
        }
    }

    private static func json(_ key: ReceivingKey, isNew: Bool) -> JSONValue {
        ["settlementKey": .string(Base64.encode(key.publicKey.spki)), "isNew": .bool(isNew)]
    }

    /// Prepares the registration of a closed day: the first record of a gate and day counts.
    fileprivate func registeringSettlement(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        guard let bytes = try? Base64.decode(request.string("record")), bytes.count <= ClosedDay.byteCountMax else {
            throw OperationError(
                code: .settlementInvalid, reason: "the record is not Base64 of at most \(ClosedDay.byteCountMax) bytes",
                hint: "send the file that `verify receipts close` wrote")
        }
        let closed = try closedDay(bytes)
        guard closed.day.end <= caller.now else {
            throw OperationError(
                code: .settlementInvalid, reason: "\(closed.day.text) is not over (UTC)",
                hint: "check the gate's clock and this machine's")
        }
        return { [log] database in
            let gate = closed.gate.bytes
            if let known = try database.settlement(of: gate, on: closed.day.number) {
                guard try known.closedDay() == closed else {
                    throw OperationError(
                        code: .settlementDiffers,
                        reason: "the gate \(closed.gate.text) registered another count or root for \(closed.day.text)",
                        hint: "settle by the first record, and ask the operator why the gate signed two")
                }
                return ChangeOutcome(try known.json(), subject: nil)
            }
            guard try database.gate(gate)?.status != .revoked else {
                throw OperationError(
                    code: .gateRevoked, reason: "the gate \(closed.gate.text) is revoked",
                    hint: "settle the gate's last day with its operator by hand")
            }
            let (answer, _) = try log.append(
                try EventRequest(committingTo: closed, at: caller.nowMilliseconds), at: caller.nowMilliseconds,
                in: database)
            let record = SettlementRecord(
                gate: gate, day: closed.day.number, record: bytes, entryIndex: answer.index,
                registeredAt: caller.now)
            try database.insertSettlement(record)
            return ChangeOutcome(
                try record.json(), subject: closed.gate.text, detail: ["day": .string(closed.day.text)])
        }
    }

    /// Reads a record that its registered gate signed.
    private func closedDay(_ bytes: [UInt8]) throws(OperationError) -> ClosedDay {
        do {
            return try ClosedDay(bytes) { gate in
                guard let record = try database.read({ try $0.gate(gate.bytes) }) else {
                    throw OperationError.gateUnknown
                }
                return try VerificationKey(spki: record.signingKey)
            }
        } catch let error as ReceiptError {
            throw OperationError(code: .settlementInvalid, reason: error.reason, hint: error.hint)
        } catch {
            throw OperationError(any: error)
        }
    }
}

extension EventRequest {
    /// The log's entry for a closed day, in the chain of the gate's identifier.
    ///
    /// It names the day and SHA-256 of the gate's words. The root in them is unknown to others, so that the entry does
    /// not tell how many passed.
    fileprivate init(committingTo closed: ClosedDay, at nowMilliseconds: UInt64) throws(OperationError) {
        guard let object = ObjectID(closed.gate.bytes) else { throw .gateUnknown }
        var event = TraceEvent(
            timeMilliseconds: Int64(clamping: nowMilliseconds), offsetMinutes: 0, step: .cycleCounting)
        event.fields = [
            .init(name: "day", value: closed.day.text), .init(name: "settlement", value: Hex.encode(closed.digest)),
        ]
        self.init(object: object, event: .observed(event), actor: "")
    }
}

extension SettlementRecord {
    /// The gate's words; the signature was checked when they were registered.
    func closedDay() throws(OperationError) -> ClosedDay {
        guard let closed = ClosedDay(unchecked: record) else {
            throw OperationError(
                code: .unexpected, reason: "the registry has a settlement record that cannot be read",
                hint: "restore the registry from a backup")
        }
        return closed
    }

    /// The record in an answer.
    func json() throws(OperationError) -> JSONValue {
        guard case .object(var object) = try closedDay().json else { return .null }
        object["entry"] = .integer(Int64(clamping: entryIndex))
        object["registeredAt"] = .integer(Int64(clamping: registeredAt))
        object["record"] = .string(Base64.encode(record))
        return .object(object)
    }
}

extension RequestFields {
    func settlementDay() throws(OperationError) -> SettlementDay {
        guard let day = SettlementDay(try string("day")) else {
            throw OperationError(
                code: .requestMalformed, reason: "`day` is not YYYY-MM-DD", hint: "name a day of UTC, as 2026-11-29")
        }
        return day
    }
}
