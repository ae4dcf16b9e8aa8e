/// An act for which the settings may ask that a second operator confirms it.
package enum DualAct: String, Sendable, CaseIterable {
    /// Gives epoch keys of a domain to somebody who had none: in a bundle, or to a newly registered gate.
    case exportDomainKeys
    /// Puts root documents into the installation, from which every bundle and every publication takes them.
    case publishRoot
    /// Strikes a signing key, with every code under it.
    case compromiseKey
}
