/// The protection of a person code against copying.
package enum PersonKind: Int64, Sendable, CaseIterable {
    /// A signature by the phone at every showing.
    case signed = 0
    /// A link of a hash chain at every showing.
    case chain = 1
    /// A lifetime of at most two minutes, and nothing else.
    case timed = 2
    /// None: the code is printed.
    case paper = 3

    package var name: String {
        switch self {
        case .signed: "signed"
        case .chain: "chain"
        case .timed: "timed"
        case .paper: "paper"
        }
    }

    package init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// The longest lifetime in seconds; nil where there is no limit.
    package var lifetimeSecondsMax: UInt64? {
        switch self {
        case .signed, .chain: 86_400
        case .timed: 120
        case .paper: nil
        }
    }

    /// Whether the phone adds a presentation at every showing.
    package var isPresented: Bool { self == .signed || self == .chain }
}
