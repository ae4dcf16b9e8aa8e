import CommandSupport
import Gate

extension CommandError {
    /// What is wrong with a bundle, or with a file or socket of the gate's.
    init(_ error: BundleError) {
        self.init(code: error.code.rawValue, reason: error.reason, hint: error.hint)
    }
}
