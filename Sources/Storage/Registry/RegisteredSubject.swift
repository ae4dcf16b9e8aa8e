package import Credential

/// A registered subject, with the values that its codes carry.
package enum RegisteredSubject: Sendable {
    case person(PersonLinks)
    case enterprise(USCC, name: String)
    case object(id: [UInt8], ObjectRecord)
}

/// The identifiers that a person's codes carry sealed; 12 bytes each.
package struct PersonLinks: Sendable, Equatable {
    package let medical: [UInt8]?
    package let transit: [UInt8]?

    /// Returns nil when an identifier is not 12 bytes.
    package init?(medical: [UInt8]?, transit: [UInt8]?) {
        guard [medical, transit].allSatisfy({ $0 == nil || $0?.count == Seals.identifierByteCount }) else { return nil }
        self.medical = medical
        self.transit = transit
    }

    var isEmpty: Bool { medical == nil && transit == nil }

    /// A byte of flags, then both identifiers; the length does not show whether a link is present.
    var encoded: [UInt8] {
        let empty = [UInt8](repeating: 0, count: Seals.identifierByteCount)
        return [(medical == nil ? 0 : 1) | (transit == nil ? 0 : 2)] + (medical ?? empty) + (transit ?? empty)
    }

    init?(encoded bytes: [UInt8]) {
        let size = Seals.identifierByteCount
        guard bytes.count == 1 + 2 * size, bytes[0] < 4 else { return nil }
        medical = bytes[0] & 1 == 0 ? nil : Array(bytes[1...size])
        transit = bytes[0] & 2 == 0 ? nil : Array(bytes[(1 + size)...])
    }

    /// These links, with missing links taken from older ones.
    func filling(from older: PersonLinks) -> PersonLinks {
        PersonLinks(medical: medical ?? older.medical, transit: transit ?? older.transit) ?? self
    }
}

/// A registered object or place.
package struct ObjectRecord: Sendable, Equatable {
    /// The most bytes of a name; codes never contain names.
    package static let nameByteCountMax = 256

    package let kind: ObjectKind
    package let manager: USCC
    package let category: ObjectCategory
    package let name: String?
    package let location: Location?

    package init(kind: ObjectKind, manager: USCC, category: ObjectCategory, name: String?, location: Location?) {
        self.kind = kind
        self.manager = manager
        self.category = category
        self.name = name
        self.location = location
    }
}
