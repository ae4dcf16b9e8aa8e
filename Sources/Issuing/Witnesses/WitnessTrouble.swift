import Platform
import Storage

/// Why a witness did not cosign a checkpoint.
struct WitnessTrouble: Error, Equatable {
    /// The stable codes; an exchange that got no answer has a code of ``HTTPExchangeError`` instead.
    enum Code: String, CaseIterable {
        /// The cosignature is missing or wrong, is another key's, or its time is not now.
        case cosignatureInvalid = "cosignature_invalid"
        /// The witness does not know this log (404).
        case logUnknown = "witness_log_unknown"
        /// The witness does not trust this log's key (403).
        case keyRefused = "witness_key_refused"
        /// The witness takes the proof for wrong (422), or has another tree of the same size.
        case proofRefused = "witness_proof_refused"
        /// The witness claims more entries than this log has, and shows no checkpoint of this log's key over them.
        case ahead = "witness_ahead"
        /// The witness redirects, which is not followed.
        case redirected = "witness_redirected"
        /// The witness answers with another status, or with a body that cannot be read.
        case failed = "witness_failed"
        /// This log's own tiles cannot be read.
        case proofUnreadable = "proof_unreadable"
        /// A checkpoint of this log's own key contradicts the log.
        case contradiction = "witness_contradiction"
    }

    let code: String
    /// The proof that this log was cut or forked; nil for every other trouble.
    var contradiction: LogError?

    init(_ code: Code) {
        self.code = code.rawValue
    }

    init(_ error: HTTPExchangeError) {
        code = error.code.rawValue
    }

    init(contradiction: LogError) {
        code = Code.contradiction.rawValue
        self.contradiction = contradiction
    }

    /// The trouble that an answer's status states.
    init(status: Int) {
        switch status {
        case 300..<400: self.init(.redirected)
        case 403: self.init(.keyRefused)
        case 404: self.init(.logUnknown)
        case 422: self.init(.proofRefused)
        default: self.init(.failed)
        }
    }
}
