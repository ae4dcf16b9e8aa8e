import Encoding
import Platform

/// Why a step did not pass: a stable code, which the page has words for, and a reason.
struct StepFailure: Error {
    let code: String
    let reason: String

    init(_ code: String, _ reason: @autoclosure () -> String) {
        (self.code, self.reason) = (code, ErrorText.made(reason))
    }

    init(_ error: some CodedError) { self.init(error.codeText, error.reason) }

    /// The failure as the page's script reads it.
    var answer: JSONObject { ["error": .string(code), "reason": .string(reason)] }

    /// The order of the steps was not kept, or their input is malformed; only the page's own script can do that.
    static let misused = StepFailure("step_misused", "the page's script did not keep the order of the steps")
}
