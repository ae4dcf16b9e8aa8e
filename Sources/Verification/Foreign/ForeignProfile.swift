/// The families of other issuers' codes that are read.
package enum ForeignProfile: String, Sendable, CaseIterable {
    /// EU Digital COVID Certificate and those that follow its form.
    case hcert
    /// MOSIP identity data under CWT claim 169.
    case claim169

    /// The stages that are reported, in the order they run.
    package var stages: [ForeignStage] {
        switch self {
        case .hcert: [.unprefix, .base45, .zlib, .cose, .cbor, .signature, .expiration, .keyusage, .schema]
        case .claim169: [.base45, .zlib, .cose, .cbor, .signature, .expiration, .schema]
        }
    }
}
