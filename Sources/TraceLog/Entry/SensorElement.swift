import Encoding

/// The reports of one sensor (EPCIS 2.0 §7.3.7).
package struct SensorElement: Sendable, Equatable {
    /// One measurement; the value is decimal text, since no float enters the log.
    package struct Report: Sendable, Equatable {
        package var type: String
        package var value: String
        /// A UN/CEFACT unit code, such as CEL.
        package var unit: String?

        package init(type: String, value: String, unit: String?) {
            self.type = type
            self.value = value
            self.unit = unit
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var timeMilliseconds: Int64?
    package var device: String?
    /// At least one.
    package var reports: [Report]

    package init(timeMilliseconds: Int64?, device: String?, reports: [Report]) {
        self.timeMilliseconds = timeMilliseconds
        self.device = device
        self.reports = reports
    }

    func check() throws(TraceLogError) {
        if let device { try EventLimits.check(device, "a device") }
        try EventLimits.check(count: reports.count, "sensor reports")
        for report in reports {
            try EventLimits.check(report.type, "a report's type")
            try EventLimits.check(report.value, "a report's value")
            if let unit = report.unit { try EventLimits.check(unit, "a report's unit") }
        }
    }

    func write(to writer: inout CBORWriter) {
        writer.array(count: 3)
        if let timeMilliseconds { writer.integer(timeMilliseconds) } else { writer.null() }
        EventLimits.write(device, to: &writer)
        writer.array(count: reports.count)
        for report in reports {
            writer.array(count: 3)
            writer.text(report.type)
            writer.text(report.value)
            EventLimits.write(report.unit, to: &writer)
        }
    }

    static func read(_ reader: inout EntryReader) throws(TraceLogError) -> SensorElement {
        try EventLimits.expectArray(3, &reader)
        var time: Int64?
        if reader.isNextNull() { try reader.readNull() } else { time = try reader.readInteger() }
        let device = try EventLimits.readOptionalText(&reader)
        var reports: [Report] = []
        for _ in 0..<(try EventLimits.readCount(&reader)) {
            try EventLimits.expectArray(3, &reader)
            let type = try EventLimits.readText(&reader)
            let value = try EventLimits.readText(&reader)
            reports.append(Report(type: type, value: value, unit: try EventLimits.readOptionalText(&reader)))
        }
        return SensorElement(timeMilliseconds: time, device: device, reports: reports)
    }
}
