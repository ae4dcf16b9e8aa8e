/// The newest report of a gate, as the gate signed it.
package struct GateReportRecord: Sendable, Equatable {
    /// What lists and counts of gates need of a report.
    package struct Mark: Sendable, Equatable {
        package let counter: UInt64
        /// The time of the report by the gate's clock, in seconds since 1970-01-01T00:00:00Z.
        package let issuedAt: UInt64
        /// The time of its arrival by the issuer's clock.
        package let receivedAt: UInt64
        /// Nil where the gate's bundle could not be used.
        package let bundleVersion: UInt64?
        /// How far phones are ahead of the gate's clock; nil where the gate has seen too few.
        package let clockOffsetSeconds: Int64?

        package init(
            counter: UInt64, issuedAt: UInt64, receivedAt: UInt64, bundleVersion: UInt64?, clockOffsetSeconds: Int64?
        ) {
            (self.counter, self.issuedAt, self.receivedAt) = (counter, issuedAt, receivedAt)
            (self.bundleVersion, self.clockOffsetSeconds) = (bundleVersion, clockOffsetSeconds)
        }
    }

    /// The gate's identifier.
    package let gate: [UInt8]
    package let mark: Mark
    package let text: String
    package let signature: [UInt8]

    package init(gate: [UInt8], mark: Mark, text: String, signature: [UInt8]) {
        (self.gate, self.mark, self.text, self.signature) = (gate, mark, text, signature)
    }
}

/// A gate's status with the mark of its newest report.
package struct GateStanding: Sendable, Equatable {
    package let identifier: [UInt8]
    package let status: GateRecord.Status
    /// Seconds since 1970-01-01T00:00:00Z.
    package let registeredAt: UInt64
    /// Nil where the gate has never reported.
    package let report: GateReportRecord.Mark?

    package init(
        identifier: [UInt8], status: GateRecord.Status, registeredAt: UInt64, report: GateReportRecord.Mark?
    ) {
        (self.identifier, self.status) = (identifier, status)
        (self.registeredAt, self.report) = (registeredAt, report)
    }
}

extension Registry {
    /// What became of a report.
    package enum TakenReport: Sendable, Equatable {
        /// It is the gate's newest report now.
        case new
        /// It is the report that the registry has already.
        case known
        /// The registry has a report with a higher counter, or another one with the same counter.
        case outdated
    }

    /// Keeps a report in place of the gate's older one.
    package static func take(
        _ report: GateReportRecord, in transaction: any RegistryTransaction
    ) throws -> TakenReport {
        if let newest = try transaction.gateReport(report.gate), report.mark.counter <= newest.mark.counter {
            return report.mark.counter == newest.mark.counter && report.text == newest.text ? .known : .outdated
        }
        try transaction.putGateReport(report)
        return .new
    }
}
