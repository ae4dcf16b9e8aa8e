import CommandSupport
import Encoding
import Issuing
import Platform

extension CommandError {
    /// The error for an option that is not hex.
    init(_ error: TextDecodingError, in option: String) {
        self.init(
            code: error.code.rawValue, reason: "\(option): \(error.reason)", hint: "give pairs of hexadecimal digits",
            status: .failure)
    }

    /// The same failure with status 1: this command has no verdict that could be undecided.
    var asFailure: CommandError {
        CommandError(code: code, reason: reason, hint: hint, status: status == .undecided ? .failure : status)
    }

    /// Runs `body`, and turns an error of a lower module into a command error.
    static func wrapping<Value>(_ body: () throws -> Value) throws(CommandError) -> Value {
        do {
            return try body()
        } catch let error as CommandError {
            throw error.asFailure
        } catch let error as any CodedError {
            throw CommandError(error)
        } catch {
            throw CommandError(OperationError(any: error))
        }
    }
}
