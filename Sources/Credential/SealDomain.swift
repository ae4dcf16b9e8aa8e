/// Who reads a seal.
package enum SealDomain: String, Sendable, CaseIterable {
    case medical
    case transit

    /// Where the domain's 16 bytes begin.
    var offset: Int { self == .medical ? 0 : 16 }
}
