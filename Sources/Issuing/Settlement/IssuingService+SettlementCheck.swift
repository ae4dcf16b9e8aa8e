import Encoding
import Gate
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// Opens drawn receipts of one gate and day, and checks each: `{"count", "root", "results": […]}`.
    ///
    /// A result has `index`, `result` (`good`, `altered` or `key_struck`) and, for a good one, `showing`: the same for
    /// every copy of one showing, and no use to anybody without this installation's secret.
    package static let checkSettlement = inquiry("settlement.check", takes: ["openings"]) {
        service, request, caller in
        OperationAnswer(json: try await service.checkSettlement(request, by: caller))
    }
}

extension IssuingService {
    private static let showingLabel = Array("suishen settlement showing v1".utf8)

    /// What became of one drawn receipt.
    private enum Result {
        case good(ReceiptCheck.Showing)
        /// Not in the day's tree, not sealed to this installation, or a code that was not good at its time.
        case altered
        /// Signed by a key that was struck since: whether it was good then cannot be told any more.
        case keyStruck

        var name: String {
            switch self {
            case .good: "good"
            case .altered: "altered"
            case .keyStruck: "key_struck"
            }
        }
    }

    fileprivate func checkSettlement(
        _ request: RequestFields, by caller: Caller
    ) async throws(OperationError) -> JSONValue {
        let drawn = try Self.openings(request)
        do {
            guard let key = try SettlementKey.read(in: keyFolder) else { throw Self.noSettlementKey }
            let (record, gate, keys) = try database.read { [registry] database in
                (
                    try database.settlement(of: drawn.gate.bytes, on: drawn.day.number),
                    try database.gate(drawn.gate.bytes), try registry.keys(in: database)
                )
            }
            guard let record, let gate else { throw Self.settlementUnknown(drawn) }
            try await database.write { [registry] database in
                try registry.audit(
                    by: caller.identity, action: "settlement.check", subject: drawn.gate.text,
                    detail: [
                        "day": .string(drawn.day.text), "openings": .integer(Int64(drawn.openings.count)),
                    ], at: caller.now, in: database)
            }
            let closed = try record.closedDay()
            let check = ReceiptCheck(
                issuers: try keys.map(Self.trusted), scenes: Scene.shipped.filter { gate.scenes.contains($0.name) })
            return [
                "count": .integer(Int64(clamping: closed.count)), "root": .string(Hex.encode(closed.root.bytes)),
                "results": .array(
                    drawn.openings.map { opening in
                        json(result(of: opening, in: closed, opening: key, by: check), at: opening.index)
                    }),
            ]
        } catch {
            throw OperationError(any: error)
        }
    }

    private func json(_ result: Result, at index: UInt64) -> JSONValue {
        var object: JSONObject = ["index": .integer(Int64(clamping: index)), "result": .string(result.name)]
        if case .good(let showing) = result {
            let code = HMAC.code(.sha256, key: keys.digestSecret, message: Self.showingLabel + showing.encoded())
            object["showing"] = .string(Hex.encode(code))
        }
        return .object(object)
    }

    private func result(
        of opening: DrawnOpenings.Opening, in closed: ClosedDay, opening key: ReceivingKey, by check: ReceiptCheck
    ) -> Result {
        guard opening.isProved(in: closed.count, root: closed.root), var bytes = key.open(opening.receipt.sealed)
        else { return .altered }
        defer { SecretFile.wipe(&bytes) }
        guard ReceiptOpening.leaf(of: bytes) == opening.receipt.leaf, let content = ReceiptOpening(bytes) else {
            return .altered
        }
        do throws(Refusal) {
            return .good(try check.showing(content, on: closed.day))
        } catch {
            return error.warning == ReceiptCheck.struckWarning ? .keyStruck : .altered
        }
    }

    private static func openings(_ request: RequestFields) throws(OperationError) -> DrawnOpenings {
        do {
            return try DrawnOpenings(try Base64.decode(request.string("openings")))
        } catch let error as OperationError {
            throw error
        } catch {
            throw OperationError(
                code: .settlementOpeningsInvalid, reason: "the openings are not a gate's answer to a draw",
                hint: "send a file that `verify receipts open` wrote, in Base64")
        }
    }

    private static let noSettlementKey = OperationError(
        code: .settlementKeyMissing, reason: "this installation has no settlement key",
        hint: "make it with `suishen settle key`, and export a bundle")

    private static func settlementUnknown(_ drawn: DrawnOpenings) -> OperationError {
        OperationError(
            code: .settlementUnknown, reason: "the gate \(drawn.gate.text) has no registered day \(drawn.day.text)",
            hint: "register the gate's closed day with `suishen settle register` before the draw")
    }
}
