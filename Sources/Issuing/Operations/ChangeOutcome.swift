import Encoding

/// What a change came to inside its transaction.
struct ChangeOutcome: Sendable {
    /// Makes the answer, wherever the caller is: the one thread that writes has better things to do.
    ///
    /// It runs once the change is on disk, or before where it is kept for an idempotency key; a refusal here leaves the
    /// change as it is.
    let answer: @Sendable () throws -> JSONValue
    /// What the audit trail names; nil when nothing was changed.
    let subject: String?

    init(subject: String?, answer: @escaping @Sendable () throws -> JSONValue) {
        self.answer = answer
        self.subject = subject
    }

    init(_ answer: JSONValue, subject: String?) {
        self.init(subject: subject) { answer }
    }
}
