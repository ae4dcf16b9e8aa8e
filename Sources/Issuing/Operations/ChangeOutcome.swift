import Encoding

/// The result of a change inside its transaction.
struct ChangeOutcome: Sendable {
    /// Makes the answer on the caller's thread, so that the one thread that writes is not held up.
    ///
    /// It runs once the change is on disk, or earlier when the answer is kept for an idempotency key. An error
    /// here does not undo the change.
    let answer: @Sendable () throws -> JSONValue
    /// The subject for the audit trail; nil when nothing was changed.
    let subject: String?

    /// Particulars for the audit trail; nil where the subject says all.
    let detail: JSONValue?

    init(subject: String?, detail: JSONValue? = nil, answer: @escaping @Sendable () throws -> JSONValue) {
        self.answer = answer
        self.subject = subject
        self.detail = detail
    }

    init(_ answer: JSONValue, subject: String?, detail: JSONValue? = nil) {
        self.init(subject: subject, detail: detail) { answer }
    }
}
