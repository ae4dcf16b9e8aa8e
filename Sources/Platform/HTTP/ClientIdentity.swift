/// What a client of TLS proves itself by.
package struct ClientIdentity: Sendable, Equatable {
    /// The client's certificate in PEM, with those between it and its authority.
    let certificate: [UInt8]
    /// Its private key in PEM; a secret.
    let key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }
}
