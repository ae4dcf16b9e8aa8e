import Signing
import Storage

extension IssuingService {
    /// Everything that would keep an installation from being served, and not only what comes first.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; it must not be in use.
    ///   - socket: where the daemon is to listen; nil for the folder's own place.
    /// - Returns: an error for each thing to mend.
    package static func mistakes(in state: StateDirectory, socket: String?) -> [OperationError] {
        var mistakes: [OperationError] = []
        func attempt<Value>(_ body: () throws -> Value) -> Value? {
            do {
                return try body()
            } catch {
                mistakes.append(OperationError(any: error))
                return nil
            }
        }
        let lock = attempt { try state.locked() }
        // Without a lock file there is no installation, and each further error would say the same.
        if mistakes.contains(where: { $0.code == "state_missing" }) { return mistakes }
        if let settings = attempt({ try Settings(contentsOf: state.settings) }) {
            // Keys that cannot be read are reported one by one below.
            if let keys = try? KeyRing(state) { _ = attempt { try keys.check(settings.suite) } }
        }
        for name in KeyRing.signingKeys(of: .ed25519).map(\.name) {
            _ = attempt { try SigningKey(contentsOf: state.key(name)) }
        }
        for name in KeyRing.secrets { _ = attempt { try KeyRing.secret(name, in: state) } }
        // Another process may be writing to it.
        if lock != nil { _ = attempt { try RegistryDatabase(path: state.registry) } }
        _ = attempt { try ListeningSocket.checkFolder(of: socket ?? state.socket) }
        return withExtendedLifetime(lock) { mistakes }
    }
}
