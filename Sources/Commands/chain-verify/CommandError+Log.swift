import CommandSupport
import TraceLog

extension CommandError {
    init(_ error: AuditSourceError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }

    /// An error about the named input.
    init(_ error: TraceLogError, in input: String) {
        self.init(code: error.code.rawValue, reason: "\(input): \(error.reason)", hint: error.hint)
    }

    /// Runs a reader of one input, and names the input in its error.
    static func naming<T>(_ input: String, _ body: () throws(TraceLogError) -> T) throws(CommandError) -> T {
        do {
            return try body()
        } catch {
            throw CommandError(error, in: input)
        }
    }
}
