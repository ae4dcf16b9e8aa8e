/// What a code stands for: the first item of its body.
package enum Form: Int64, Sendable, CaseIterable {
    /// Carried by a person.
    case person = 1
    /// An enterprise's public card.
    case enterprise = 2
    /// Stuck on an object or at a place.
    case object = 3

    package var name: String {
        switch self {
        case .person: "person"
        case .enterprise: "enterprise"
        case .object: "object"
        }
    }
}
