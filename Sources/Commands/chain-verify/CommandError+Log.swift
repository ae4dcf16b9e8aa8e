import CommandSupport
import TraceLog

extension CommandError {
    init(_ error: AuditSourceError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    /// Names the input that a log error is about.
    init(_ error: TraceLogError, in input: String) {
        self.init(code: error.code.rawValue, reason: "\(input): \(error.reason)", hint: error.hint)
    }

    /// Runs a reader of one input, and says which input it was when it fails.
    static func naming<T>(_ input: String, _ body: () throws(TraceLogError) -> T) throws(CommandError) -> T {
        do {
            return try body()
        } catch {
            throw CommandError(error, in: input)
        }
    }
}
