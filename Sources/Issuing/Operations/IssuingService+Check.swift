import ForeignCodes
import Gate
import Signing
import Storage

extension IssuingService {
    /// Everything that would keep an installation from being served whole, and not only what comes first.
    ///
    /// Nothing is changed: an earlier version's registry stays one that it can open.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; it must not be in use.
    ///   - checkSocket: refuses the place where the daemon is to listen, which is the server's to judge.
    /// - Returns: an error for each thing to mend.
    package static func mistakes(
        in state: StateDirectory, checkSocket: () throws -> Void
    ) async -> [OperationError] {
        var mistakes: [OperationError] = []
        func attempt<Value>(_ body: () async throws -> Value) async -> Value? {
            do {
                return try await body()
            } catch {
                mistakes.append(OperationError(any: error))
                return nil
            }
        }
        let lock = await attempt { try state.locked() }
        // Without a lock file there is no installation, and each further error would say the same.
        if mistakes.contains(where: { $0.code == "state_missing" }) { return mistakes }
        let settings = await attempt { try Settings(contentsOf: state.settings) }
        for name in KeyRing.files { _ = await attempt { try SigningKey(contentsOf: state.key(name)) } }
        for name in KeyRing.secrets { _ = await attempt { try KeyRing.secret(name, in: state) } }
        // Keys that cannot be read are reported one by one.
        let keys = try? KeyRing(state)
        if let settings, let keys { _ = await attempt { try keys.check(settings.suite) } }
        // Another process may be writing to it.
        let registry = lock == nil ? nil : await attempt { try RegistryDatabase(readingOnly: state.registry) }
        if let registry, let settings {
            _ = await attempt {
                let beat = try state.beat(settings)
                try BeatAdmission.check(registry.position(), beat.read(), at: beat.path)
                if let obstacle = beat.obstacle() { throw obstacle }
            }
        }
        for role in KeyRole.allCases {
            _ = await attempt {
                guard let registry, let settings else { return try SigningKey(contentsOf: state.key(role.firstFile)) }
                let record = try registry.read { try Registry.activeKey(uses: role.uses, in: $0) }
                return try SigningKeys(state, suite: settings.suite).key(role, record)
            }
        }
        if let registry, let settings, let keys {
            _ = await attempt {
                // Nothing is published by looking.
                try await InstallationLog(registry, in: state, settings: settings, keys: keys) { _ in }.inspect()
            }
        }
        _ = await attempt { try TransitNetwork(contentsOf: state.transitNetwork) }
        _ = await attempt { try checkSocket() }
        return withExtendedLifetime(lock) { mistakes }
    }
}
