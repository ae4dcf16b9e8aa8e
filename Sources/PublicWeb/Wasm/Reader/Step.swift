import Encoding
import Platform
import TraceLog

/// One step of a page's proof: a function of bytes whose answer is a JSON object.
enum Step: Int32 {
    case trust = 1
    case code = 2
    case status = 3
    case checkpoint = 4
    case event = 5

    /// Runs the step; its parts are ``InputParts``.
    ///
    /// - Throws: why the step did not pass.
    func run(_ parts: InputParts, in proof: inout PageProof) throws(StepFailure) -> JSONObject {
        switch self {
        case .trust: try proof.takeTrust(parts)
        case .code: try proof.takeCode(parts)
        case .status: try proof.takeStatus(parts)
        case .checkpoint: try proof.takeCheckpoint(parts)
        case .event: try proof.takeEvent(parts)
        }
    }
}

/// Why a step did not pass: a stable code, which the page has words for, and a reason.
struct StepFailure: Error {
    let code: String
    let reason: String

    init(_ code: String, _ reason: String) {
        (self.code, self.reason) = (code, reason)
    }

    init(_ error: BundleError) { self.init(error.codeText, error.reason) }

    init(_ error: TraceLogError) { self.init(error.codeText, error.reason) }

    /// The order of the steps was not kept, or their input is malformed; only the page's own script can do that.
    static let misused = StepFailure("step_misused", "the page's script did not keep the order of the steps")
}
