import Encoding

/// What is to be revoked: one code by its identifier, or a subject's codes.
package struct RevocationTarget: Sendable, Equatable {
    /// The identifier of a code, where the name can be one.
    let code: [UInt8]?
    /// The subject, where the name can be one's; eight bytes can be either's.
    let subject: SubjectIdentifier?
    /// The one form that answers and the audit trail have, however it was typed.
    package let text: String

    /// Reads either letter case; a name that is neither a code's nor a subject's finds nothing.
    package init(_ name: String) {
        code = try? Hex.decode(name)
        subject = try? SubjectIdentifier(name)
        text = subject?.text ?? code.map(Hex.encode) ?? name
    }
}
