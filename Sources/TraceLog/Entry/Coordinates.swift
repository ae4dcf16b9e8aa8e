import Encoding

/// A point on the ground, with the reference that its coordinates use.
package struct Coordinates: Sendable, Equatable {
    package enum Reference: UInt64, Sendable {
        case cgcs2000 = 0
        case gcj02 = 1
    }

    private static let latitudes: ClosedRange<Int64> = -90_000_000...90_000_000
    private static let longitudes: ClosedRange<Int64> = -180_000_000...180_000_000

    /// Millionths of a degree.
    package var latitudeMicrodegrees: Int64
    /// Millionths of a degree.
    package var longitudeMicrodegrees: Int64
    package var reference: Reference

    package init(latitudeMicrodegrees: Int64, longitudeMicrodegrees: Int64, reference: Reference) {
        self.latitudeMicrodegrees = latitudeMicrodegrees
        self.longitudeMicrodegrees = longitudeMicrodegrees
        self.reference = reference
    }

    private var isOnEarth: Bool {
        Self.latitudes.contains(latitudeMicrodegrees) && Self.longitudes.contains(longitudeMicrodegrees)
    }

    func check() throws(TraceLogError) {
        guard isOnEarth else {
            throw .range(
                "the coordinates are not on the Earth", "give latitude and longitude in millionths of a degree")
        }
    }

    func write(to writer: inout CBORWriter) {
        writer.array(count: 3)
        writer.integer(latitudeMicrodegrees)
        writer.integer(longitudeMicrodegrees)
        writer.unsigned(reference.rawValue)
    }

    static func read(_ reader: inout EntryReader) throws(TraceLogError) -> Coordinates {
        try EventLimits.expectArray(3, &reader)
        let latitude = try reader.readInteger()
        let longitude = try reader.readInteger()
        guard let reference = Reference(rawValue: try reader.readUnsigned()) else {
            throw .entry("the coordinates' reference is unknown")
        }
        let coordinates = Coordinates(
            latitudeMicrodegrees: latitude, longitudeMicrodegrees: longitude, reference: reference)
        guard coordinates.isOnEarth else { throw .entry("the coordinates are not on the Earth") }
        return coordinates
    }
}
