/// A witness of one log that fails for another reason than before, or cosigns again.
package struct WitnessChange: Sendable {
    /// The log's origin.
    package let log: String
    /// The name in the witness's key.
    package let name: String
    /// The code of the error; nil when the witness cosigns again.
    package let code: String?
}
