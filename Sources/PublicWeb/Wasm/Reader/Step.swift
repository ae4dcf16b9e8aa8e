import Encoding

/// One step of a page's proof: a function of bytes whose answer is a JSON object.
enum Step: Int32 {
    case trust = 1
    case code = 2
    case status = 3
    case checkpoint = 4
    case event = 5
    case shown = 6

    /// Runs the step; its parts are ``InputParts``.
    ///
    /// - Throws: why the step did not pass.
    func run(_ parts: InputParts, in proof: inout PageProof) throws(StepFailure) -> JSONObject {
        switch self {
        case .trust: try proof.code.takeTrust(parts)
        case .code: try proof.code.takeCode(parts)
        case .status: try proof.code.takeStatus(parts)
        case .checkpoint: try proof.takeCheckpoint(parts)
        case .event: try proof.takeEvent(parts)
        case .shown: try proof.code.takeShown(parts)
        }
    }
}
