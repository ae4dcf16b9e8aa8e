package import TraceLog

/// A lasting sealed field in its row.
package struct SealedField: Sendable, Equatable {
    /// The tables with lasting sealed fields.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case links, reasons
        case openings(LogName)

        package static var allCases: [Kind] { [.links, .reasons] + LogName.allCases.map { .openings($0) } }
    }

    /// The row of a field.
    package enum Place: Sendable, Hashable {
        case links(person: [UInt8])
        case reason(StatusPlace)
        /// The row's number counts the openings in the order of their entries.
        case opening(LogName, number: UInt64, commitment: MerkleHash)
    }

    package let place: Place
    package let sealed: [UInt8]

    package init(place: Place, sealed: [UInt8]) {
        (self.place, self.sealed) = (place, sealed)
    }
}

extension SealedField.Place {
    /// The bytes that the field is bound to.
    var bytes: [UInt8] {
        switch self {
        case .links(let person): person
        case .reason(let place): FieldCipher.place(ofReasonIn: place.list, place.index)
        case .opening(_, _, let commitment): commitment.bytes
        }
    }
}
