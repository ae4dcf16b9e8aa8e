import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// Keeps a gate's newest report: `{"gate", "counter"}`; the trail gets no line, since every gate reports all day.
    package static let takeGateReport = change("gate.report", takes: ["gate", "report", "signature"]) {
        try $0.takingReport($1, at: $2.now)
    }
}

extension IssuingService {
    /// Checks a report before its transaction begins, so that no writer waits for a signature's check.
    fileprivate func takingReport(
        _ fields: RequestFields, at now: UInt64
    ) throws -> IssuerOperation.Change {
        let identifier = try fields.gate("gate")
        let signed = try Self.signedReport(fields)
        let report = try Self.checked(signed, of: identifier, in: database, at: now)
        let record = GateReportRecord(
            gate: identifier.bytes,
            mark: .init(
                counter: report.counter, issuedAt: report.issuedAt, receivedAt: now,
                bundleVersion: report.bundle?.version, clockOffsetSeconds: report.clockOffsetSeconds),
            text: signed.text, signature: signed.signature)
        return { database in
            // Read again: the gate may have been revoked since.
            _ = try Self.reporting(database.gate(identifier.bytes))
            guard try Registry.take(record, in: database) != .outdated else {
                throw OperationError(
                    code: .reportOld, reason: "a report of this gate with this counter or a higher one is kept",
                    hint: "let the gate report again; if its state folder is a copy, let one gate use it")
            }
            let answer: JSONValue = [
                "gate": .string(identifier.text), "counter": .integer(Int64(clamping: report.counter)),
            ]
            return ChangeOutcome(answer, subject: nil)
        }
    }

    private static func signedReport(_ fields: RequestFields) throws(OperationError) -> SignedGateReport {
        let (text, signature) = (try fields.string("report"), try fields.string("signature"))
        guard text.utf8.count <= GateReport.byteCountMax else {
            throw OperationError(
                code: .requestTooLong, reason: "a report is longer than \(GateReport.byteCountMax) bytes",
                hint: "let the gate run the issuer's version of `verify`")
        }
        guard let bytes = try? Base64.decode(signature) else {
            throw OperationError(
                code: .reportInvalid, reason: "the report's signature is not Base64",
                hint: "let the gate run the issuer's version of `verify`")
        }
        return SignedGateReport(text: text, signature: bytes)
    }

    private static func checked(
        _ signed: SignedGateReport, of identifier: GateIdentifier, in database: any RegistryStore, at now: UInt64
    ) throws -> GateReport {
        let gate = try reporting(database.read { try $0.gate(identifier.bytes) })
        guard let key = try? VerificationKey(spki: gate.signingKey) else {
            throw StorageError.corruptRow("the key of a gate")
        }
        let report: GateReport
        do throws(BundleError) {
            report = try signed.report(of: identifier, signedBy: key)
        } catch {
            throw OperationError(
                code: error.code == .badSignature ? .signatureInvalid : .reportInvalid, reason: error.reason,
                hint: error.hint)
        }
        guard report.issuedAt <= now + GateReport.aheadSecondsMax else {
            throw OperationError(
                code: .reportAhead, reason: "the report is dated more than \(GateReport.aheadSecondsMax) s ahead",
                hint: "set the gate's clock")
        }
        return report
    }

    /// The gate, unless it is unknown or revoked; a suspended one still reports.
    private static func reporting(_ gate: GateRecord?) throws(OperationError) -> GateRecord {
        guard let gate else { throw OperationError.gateUnknown }
        guard gate.status != .revoked else {
            throw OperationError(
                code: .gateRevoked, reason: "the gate \(Hex.encode(gate.identifier)) is revoked",
                hint: "enrol it anew with an empty --state folder, and register the new request")
        }
        return gate
    }
}
