import CommandSupport
package import Gate
package import GateRunning

extension GateSettings {
    /// Opens the folder of receipts; nil where none are wanted.
    ///
    /// - Throws: ``CommandError`` if the gate is not enrolled, its bundle has no settlement key, or the folder cannot
    ///   be used: a gate that is to keep receipts does not start without.
    package func receiptKeeper(for gate: Verifier) throws -> ReceiptKeeper? {
        guard let receipts else { return nil }
        do {
            guard gate.settlementKey != nil else { throw ReceiptError.noSettlementKey }
            let diagnostics = diagnostics
            return ReceiptKeeper(try ReceiptBook(folder: receipts, gate: gateKeys().gate)) { failure in
                diagnostics.report(CommandError(undecided: failure))
            }
        } catch let error as ReceiptError {
            throw CommandError(undecided: error)
        } catch let error as BundleError {
            throw CommandError(undecided: error)
        }
    }

    /// The enrolled gate's own keys.
    package func gateKeys() throws -> GateKeys {
        let folder = state ?? GateDirectory.statePath(in: bundle ?? ".")
        guard let keys = try GateKeys(in: folder) else {
            throw ReceiptError(
                code: .unavailable, reason: "\(folder) has no gate's key",
                hint: "enrol the gate with `verify enrol`, or name its state folder with --state")
        }
        return keys
    }
}
