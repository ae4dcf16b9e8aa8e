/// Every answer that a gate prints: `ok`, or the code of a refusal.
package enum VerdictCode: Sendable, Hashable, CaseIterable, RawRepresentable {
    case ok
    case refused(RefusalCode)

    package static let allCases = [VerdictCode.ok] + RefusalCode.allCases.map(VerdictCode.refused)

    package init?(rawValue: String) {
        if rawValue == "ok" {
            self = .ok
        } else if let code = RefusalCode(rawValue: rawValue) {
            self = .refused(code)
        } else {
            return nil
        }
    }

    package var rawValue: String {
        switch self {
        case .ok: "ok"
        case .refused(let code): code.rawValue
        }
    }
}

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
