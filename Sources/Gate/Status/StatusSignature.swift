import Credential

/// The signature of what a status key signs: status lists and hot lists.
enum StatusSignature {
    /// Checks a token's signature.
    ///
    /// - Parameters:
    ///   - bytes: the whole token.
    ///   - type: its `typ` header.
    ///   - byteCountMax: its most bytes.
    ///   - isTrusted: whether a key that may sign status lists signed a message.
    ///   - refused: makes the error of a refused token from the reason.
    /// - Returns: the token's claims.
    /// - Throws: what `refused` makes.
    static func claims(
        of bytes: ArraySlice<UInt8>, type: String, byteCountMax: Int, isTrusted: (SignedMessage) -> Bool,
        refused: (@autoclosure () -> String) -> BundleError
    ) throws(BundleError) -> ArraySlice<UInt8> {
        let message: SignedMessage
        do {
            message = try SignedMessage(bytes, type: type, byteCountMax: byteCountMax)
        } catch {
            throw refused(error.reason)
        }
        guard isTrusted(message) else { throw refused("it is not signed by a key that may sign status lists") }
        return message.payload
    }
}
