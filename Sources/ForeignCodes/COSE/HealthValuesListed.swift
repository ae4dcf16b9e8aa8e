import Encoding

/// Every code of the entries is in its value set; so is each code if there are no value sets to check.
struct HealthValuesListed: Proof {
    static let check = ForeignStage.valueSets
    /// The longest value that a reason quotes, in bytes.
    private static let quotedByteCountMax = 80

    /// Checks the entries of a certificate.
    ///
    /// - Parameters:
    ///   - certificate: the content.
    ///   - schema: the proof that each required field has a text.
    ///   - sets: the value sets; a field whose set is absent is not checked.
    /// - Throws: `malformed`, with a reason that names the field.
    init(
        _ certificate: HealthCertificate, _ schema: HealthCertificateShaped, in sets: HealthValueSets?
    ) throws(ForeignFailure) {
        guard let sets else { return }
        for kind in HealthEntryKind.allCases {
            for entry in certificate.payload[text: kind.rawValue]?.array ?? [] {
                for field in HealthValueSet.fields(of: kind) {
                    guard let value = Self.value(of: field.name, in: entry, kind) else { continue }
                    guard sets.allows(value, in: field.set) else {
                        throw ForeignFailure(
                            .malformed,
                            reason: "\(field.name) of the \(kind.name) \(Self.shown(value)), which is not in the value "
                                + "set \(field.set.rawValue)")
                    }
                }
            }
        }
    }

    /// The text of a field; nil if the field is absent.
    ///
    /// Some issuers write an empty text for a test's manufacturer, which only rapid tests have.
    private static func value(of name: String, in entry: CBORItem, _ kind: HealthEntryKind) -> String? {
        let value = entry.map?[text: name]?.text
        return kind == .test && name == "ma" && value == "" ? nil : value
    }

    private static func shown(_ value: String) -> String {
        let isPlain = value.utf8.count <= quotedByteCountMax && value.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        return isPlain ? "is \"\(value)\"" : "has a value that cannot be shown"
    }
}
