/// A value set of the eHealth Network that a field of a health certificate refers to; the raw value is its `valueSetId`.
package enum HealthValueSet: String, Sendable, CaseIterable {
    case countries = "country-2-codes"
    case diseases = "disease-agent-targeted"
    case testManufacturers = "covid-19-lab-test-manufacturer-and-name"
    case testResults = "covid-19-lab-result"
    case testTypes = "covid-19-lab-test-type"
    case vaccineHolders = "vaccines-covid-19-auth-holders"
    case vaccineProducts = "vaccines-covid-19-names"
    case vaccineTypes = "sct-vaccines-covid-19"

    /// The fields of an entry that take their codes from value sets, in the order in which they are checked.
    static func fields(of kind: HealthEntryKind) -> [(name: String, set: HealthValueSet)] {
        let own: [(name: String, set: HealthValueSet)] =
            switch kind {
            case .vaccination: [("vp", .vaccineTypes), ("mp", .vaccineProducts), ("ma", .vaccineHolders)]
            case .test: [("tt", .testTypes), ("ma", .testManufacturers), ("tr", .testResults)]
            case .recovery: []
            }
        return [("tg", .diseases)] + own + [("co", .countries)]
    }
}
