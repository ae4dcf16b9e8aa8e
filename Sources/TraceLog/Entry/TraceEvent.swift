/// An event of an object, with the parts of an EPCIS 2.0 ObjectEvent.
///
/// A map: 0 kind (0), 1 event time (ms), 2 offset (minutes), 3 action (0 ADD, 1 OBSERVE, 2 DELETE), 4 business step,
/// 5 disposition, 6 read point, 7 business location, 8 `[latitude, longitude, reference]`,
/// 9 `[[type | null, id], …]`, 10 `[[time | null, device | null, [[type, value, unit | null], …]], …]`,
/// 11 `[[name, value], …]` with ascending names, 12 the index of the entry that this one corrects. Absent items are
/// left out; lists are never empty. All numbers are whole; a sensor's value is decimal text.
package struct TraceEvent: Sendable, Equatable {
    /// The event's effect on the object's existence (EPCIS 2.0 §7.3.3).
    package enum Action: UInt64, Sendable {
        case add = 0
        case observe = 1
        case delete = 2

        /// The names in requests and histories, in the order of the raw values.
        package static let names = ["add", "observe", "delete"]

        package var name: String { Self.names[Int(rawValue)] }
    }

    /// A number of a document that the event belongs to, with the CBV's type of document.
    package struct BusinessTransaction: Sendable, Equatable {
        package var type: String?
        package var identifier: String

        package init(type: String?, identifier: String) {
            self.type = type
            self.identifier = identifier
        }
    }

    /// A named value that the vocabulary has no place for.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; may lie before 1970.
    package var timeMilliseconds: Int64
    /// The offset of the place's clock from UTC, in minutes: −840 to 840.
    package var offsetMinutes: Int64
    package var action: Action
    package var step: BusinessStep
    package var disposition: Disposition?
    package var readPoint: String?
    package var businessLocation: String?
    package var coordinates: Coordinates?
    package var transactions: [BusinessTransaction] = []
    package var sensorElements: [SensorElement] = []
    /// In ascending order of their names' bytes, each name once.
    package var fields: [Field] = []
    /// The index of the entry that this event corrects.
    package var corrects: UInt64?

    /// When it happened by the clock of the place: `2026-11-24T09:02:03.456+08:00`.
    package var localTime: String { EventTime.text(milliseconds: timeMilliseconds, offsetMinutes: offsetMinutes) }

    /// A time in UTC: `2026-11-24T01:02:03.456Z`.
    package static func utc(_ milliseconds: Int64) -> String { EventTime.text(milliseconds: milliseconds) }

    /// A time in UTC of whole seconds since 1970-01-01T00:00:00Z; one that milliseconds cannot hold is cut off.
    package static func utc(clampingSeconds seconds: Int64) -> String {
        let (milliseconds, isOver) = seconds.multipliedReportingOverflow(by: 1000)
        return utc(isOver ? (seconds < 0 ? .min : .max) : milliseconds)
    }

    package init(
        timeMilliseconds: Int64, offsetMinutes: Int64 = 480, action: Action = .observe, step: BusinessStep,
        disposition: Disposition? = nil, readPoint: String? = nil
    ) {
        self.timeMilliseconds = timeMilliseconds
        self.offsetMinutes = offsetMinutes
        self.action = action
        self.step = step
        self.disposition = disposition
        self.readPoint = readPoint
    }
}
