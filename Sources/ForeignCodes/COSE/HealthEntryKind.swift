/// A kind of health entry; the raw value is the payload's member that holds it.
package enum HealthEntryKind: String, Sendable, CaseIterable {
    case test = "t"
    case vaccination = "v"
    case recovery = "r"

    package var name: String {
        switch self {
        case .test: "test"
        case .vaccination: "vaccination"
        case .recovery: "recovery"
        }
    }

    /// The extended key usages that allow a key to sign this kind: the registered arc, and the arc of early issuers.
    private var keyUsages: [String] {
        let last =
            switch self {
            case .test: "1"
            case .vaccination: "2"
            case .recovery: "3"
            }
        return ["1.3.6.1.4.1.1847.2021.1.\(last)", "1.3.6.1.4.1.0.1847.2021.1.\(last)"]
    }

    /// Whether a certificate with these extended key usages may sign this kind.
    ///
    /// A certificate whose usages name no kind is not restricted.
    func isAllowed(by extendedKeyUsages: [String]) -> Bool {
        let restrictions = Self.allCases.flatMap(\.keyUsages)
        guard extendedKeyUsages.contains(where: restrictions.contains) else { return true }
        return extendedKeyUsages.contains(where: keyUsages.contains)
    }
}
