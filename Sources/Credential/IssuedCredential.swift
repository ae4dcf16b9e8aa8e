/// A code ready to be shown or printed: as issued, or with the phone's presentation in it.
package struct IssuedCredential: Sendable, Equatable {
    /// The signed message.
    package let bytes: [UInt8]
    package let claims: Claims

    /// The text for the picture.
    ///
    /// - Parameter host: for enterprise and object codes.
    /// - Returns: characters of QR's alphanumeric alphabet only.
    /// - Throws: `malformed` where the host is missing or no host name.
    package func text(host: String? = nil) throws(CredentialError) -> String {
        try CredentialText(bytes: bytes, form: claims.form, host: host).text
    }
}
