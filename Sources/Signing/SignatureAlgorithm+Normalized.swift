extension SignatureAlgorithm {
    /// A signature that was made elsewhere, in the only form that `Credential.docc/WireFormat.md` accepts.
    ///
    /// - Parameter signature: raw bytes, r and s for the algorithms on curves.
    /// - Returns: the signature, of ES256 with the lower s; nil where it cannot be one of this algorithm.
    package func normalized(_ signature: [UInt8]) -> [UInt8]? {
        guard let encoding = KeyEncoding.of(self), signature.count == RawSignature.byteCount,
            encoding.isInRange(signature[..<KeyEncoding.scalarByteCount]),
            encoding.isInRange(signature[KeyEncoding.scalarByteCount...])
        else { return nil }
        guard self == .es256, let order = encoding.order, !RawSignature.isLowS(signature, order: order) else {
            return signature
        }
        var normalized = signature
        RawSignature.flipS(&normalized, order: order)
        return normalized
    }
}
