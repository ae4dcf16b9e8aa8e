import CommandSupport
import Credential
import Encoding
import Issuing
import QRDrawing
import QRReading
import Signing
import TraceLog

/// What the parts below refuse, as this command reports it: exit status 1.
extension CommandError {
    init(_ error: CredentialError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: SigningError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: OperationError) {
        self.init(code: error.code, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: TraceLogError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: QRError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: ImageError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint, status: .failure)
    }

    init(_ error: TextDecodingError, in option: String) {
        self.init(
            code: error.code.rawValue, reason: "\(option): \(error.reason)", hint: "give pairs of hexadecimal digits",
            status: .failure)
    }

    /// The same failure, ending with status 1: this command has no verdict to leave open.
    var asFailure: CommandError {
        CommandError(code: code, reason: reason, hint: hint, status: .failure)
    }

    /// Runs `body`; what the parts below refuse becomes this command's own error.
    static func wrapping<Value>(_ body: () throws -> Value) throws(CommandError) -> Value {
        do {
            return try body()
        } catch let error as CommandError {
            throw error.asFailure
        } catch let error as CredentialError {
            throw CommandError(error)
        } catch let error as SigningError {
            throw CommandError(error)
        } catch let error as OperationError {
            throw CommandError(error)
        } catch let error as TraceLogError {
            throw CommandError(error)
        } catch let error as QRError {
            throw CommandError(error)
        } catch let error as ImageError {
            throw CommandError(error)
        } catch {
            throw CommandError(
                code: "unexpected", reason: "\(error)", hint: "report this with the command line", status: .failure)
        }
    }
}
