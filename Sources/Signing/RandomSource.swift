/// Where random bytes come from; a parameter everywhere, so that tests can fix them.
package protocol RandomSource: Sendable {
    /// Draws `count` bytes that nobody can predict.
    func bytes(_ count: Int) throws(SigningError) -> [UInt8]
}
