/// The paths of the files of TLS, all in PEM.
package struct TLSFiles: Sendable, Equatable {
    /// The server's certificate, with those between it and its authority.
    package let certificate: String
    /// The private key of the server's certificate.
    package let privateKey: String
    /// The certificates of the only authorities that may sign callers' certificates.
    package let clientAuthority: String
    /// Whether the private key is a credential of systemd, whose mode may show an access list's mask.
    package let isKeyCredential: Bool

    package init(certificate: String, privateKey: String, clientAuthority: String, isKeyCredential: Bool) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.clientAuthority = clientAuthority
        self.isKeyCredential = isKeyCredential
    }

    var all: [String] { [certificate, privateKey, clientAuthority] }
}
