/// The address at which callers on other machines connect, and the files of its TLS.
package struct NetworkListener: Sendable, Equatable {
    /// `ADDRESS:PORT`.
    package let address: String
    /// The daemon's certificate, with those between it and its authority.
    package let certificate: PEMPlace
    /// The private key of the daemon's certificate.
    package let privateKey: PEMPlace
    /// The certificates of the only authorities whose callers are let in.
    package let clientAuthority: PEMPlace
}
