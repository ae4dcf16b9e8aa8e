/// Whether the gate opens; later cases are worse.
package enum VerdictOutcome: String, Sendable, Comparable {
    case accept, reject, undecided

    package static func < (left: VerdictOutcome, right: VerdictOutcome) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .accept: 0
        case .reject: 1
        case .undecided: 2
        }
    }
}
