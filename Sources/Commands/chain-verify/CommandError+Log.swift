import CommandSupport
import TraceLog

extension CommandError {
    /// Runs a reader of one input, and names the input in its error.
    static func naming<T>(_ input: String, _ body: () throws(TraceLogError) -> T) throws(CommandError) -> T {
        do {
            return try body()
        } catch {
            throw CommandError(undecided: error, in: input)
        }
    }
}
