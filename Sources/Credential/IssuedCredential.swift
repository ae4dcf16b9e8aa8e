/// A code to show or print: as issued, or with the phone's presentation in it.
package struct IssuedCredential: Sendable, Equatable {
    /// The signed message.
    package let bytes: [UInt8]
    package let claims: Claims

    /// The text to draw.
    ///
    /// - Parameter host: for enterprise and object codes.
    /// - Returns: a text in QR's alphanumeric alphabet.
    /// - Throws: `malformed` where the host is missing or is not a host name.
    package func text(host: String? = nil) throws(CredentialError) -> String {
        try CredentialText(bytes: bytes, form: claims.form, host: host).text
    }
}
