/// A point on the ground, with the datum of its coordinates.
package struct Location: Sendable, Equatable {
    /// The datum of coordinates; the two differ by hundreds of metres and never mix.
    package enum Reference: Int64, Sendable, CaseIterable {
        /// The national datum; equal to WGS 84 at this precision.
        case cgcs2000 = 0
        /// The offset datum of Chinese map services.
        case gcj02 = 1

        package var name: String { self == .cgcs2000 ? "cgcs2000" : "gcj02" }

        package init?(name: String) {
            guard let reference = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = reference
        }
    }

    package static let latitudes: ClosedRange<Int64> = -90_000_000...90_000_000
    package static let longitudes: ClosedRange<Int64> = -180_000_000...180_000_000

    package let latitudeMicrodegrees: Int64
    package let longitudeMicrodegrees: Int64
    package let reference: Reference

    /// Takes millionths of a degree, north and east positive; nil for coordinates outside their ranges.
    package init?(latitudeMicrodegrees: Int64, longitudeMicrodegrees: Int64, reference: Reference) {
        guard Self.latitudes.contains(latitudeMicrodegrees), Self.longitudes.contains(longitudeMicrodegrees) else {
            return nil
        }
        self.latitudeMicrodegrees = latitudeMicrodegrees
        self.longitudeMicrodegrees = longitudeMicrodegrees
        self.reference = reference
    }
}
