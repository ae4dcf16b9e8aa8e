/// The claims of an object code.
package struct ObjectClaims: Sendable, Equatable {
    package static let identifierByteCounts = 8...16

    package let kind: ObjectKind
    /// 8 to 16 bytes; with 8 and no location, the picture is of version 9.
    package let id: [UInt8]
    package let category: UInt64
    /// The entity responsible for the object or place.
    package let manager: USCC
    package let location: Location?
    package let statusIndex: UInt64

    package init(
        kind: ObjectKind, id: [UInt8], category: UInt64, manager: USCC, location: Location?, statusIndex: UInt64
    ) {
        self.kind = kind
        self.id = id
        self.category = category
        self.manager = manager
        self.location = location
        self.statusIndex = statusIndex
    }
}

/// Whether an object code is attached to an object or to a place.
package enum ObjectKind: Int64, Sendable, CaseIterable {
    case object = 0
    case place = 1

    package var name: String { self == .object ? "object" : "place" }

    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
