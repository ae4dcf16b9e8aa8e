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

    /// Runs `body`, and turns an error of a lower module into a command error.
    static func wrapping<Value>(_ body: () throws -> Value) throws(CommandError) -> Value {
        do {
            return try body()
        } catch let error as CommandError {
            throw error
        } catch let error as any CodedError {
            throw CommandError(error)
        } catch {
            throw CommandError(OperationError(any: error))
        }
    }
}
