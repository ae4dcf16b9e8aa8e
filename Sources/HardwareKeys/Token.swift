import CPKCS11
import Dispatch
import Glibc
package import Signing
import Synchronization

/// An open token: handles of objects and sessions mean something in it alone.
struct TokenConnection {
    /// Counts the token's openings.
    let serial: UInt64
    let module: TokenModule
    /// The module's run.
    let generation: UInt64
    let slot: UInt
}

/// One token and the pool of its sessions; it comes back by itself after an outage.
///
/// Sessions are opened when they are needed, and the user logs in once. A call that fails drops all sessions, and the
/// next one opens the token anew, at a bounded pace.
package final class Token: Sendable {
    /// The most sessions, which is the most signatures that are made at a time.
    static let sessionCountMax = 16
    /// How long a caller waits for a session that others use.
    private static let waitSecondsMax = 5
    private static let sessionPollMicroseconds: UInt32 = 2000
    /// How long after a failure further callers get its error at once.
    private static let pace = Duration.seconds(1)

    private static let known = Mutex<[String: Token]>([:])

    let uri: TokenURI
    private let modulePath: String
    let credentialFolder: String?
    private let state = Mutex(State())
    /// Held while the token is opened, so that its user logs in once.
    private let opening = Mutex<Void>(())
    private let permits = DispatchSemaphore(value: sessionCountMax)

    private struct State {
        var serial: UInt64 = 0
        var connection: TokenConnection?
        var idle: [UInt] = []
        /// Handles of keys by the SHA-256 of their public key.
        var keys: [[UInt8]: UInt] = [:]
        var failure: (error: SigningError, at: ContinuousClock.Instant)?
        /// Whether the module must be started anew before the token is opened.
        var needsRestart = false
    }

    /// The token that a URI names; the same one for every key in it.
    ///
    /// - Throws: `token_uri_invalid`.
    package static func named(_ uri: TokenURI, credentialFolder: String?) throws(SigningError) -> Token {
        let uri = uri.ofToken
        guard let path = uri.modulePath else { throw SigningError(uri: "it has no module-path") }
        return known.withLock { known in
            let name = uri.text
            if let token = known[name] { return token }
            let token = Token(uri, modulePath: path, credentialFolder: credentialFolder)
            known[name] = token
            return token
        }
    }

    private init(_ uri: TokenURI, modulePath: String, credentialFolder: String?) {
        (self.uri, self.modulePath, self.credentialFolder) = (uri, modulePath, credentialFolder)
    }

    /// The token's name in reasons.
    var name: String {
        if let label = uri.token { return "the token \(label)" }
        return uri.serial.map { "the token with serial \($0)" } ?? "the token"
    }

    /// Opens the token unless it is open.
    func open() throws(SigningError) { _ = try opened() }

    /// Refuses at once while the last failure is a moment old.
    private func checkAvailable() throws(SigningError) {
        let failure = state.withLock { state in
            state.connection == nil ? state.failure : nil
        }
        if let failure, ContinuousClock.now - failure.at < Self.pace { throw failure.error }
    }

    /// Runs `body` with a session, and once more with a new one where the first one turns out to be dead.
    ///
    /// - Parameters:
    ///   - action: the verb of what the calls do, for the reason of an error.
    ///   - writes: whether the session may make objects; such a session is closed afterwards.
    ///   - body: makes calls in the session, and throws the result of the first that fails.
    /// - Returns: the value of `body`.
    /// - Throws: `key_unavailable`, `token_pin_refused`, `signing_failed`, or the error that `body` throws.
    func withSession<Value>(
        to action: String, writes: Bool = false, _ body: (TokenSession) throws(TokenCallError) -> Value
    ) throws(SigningError) -> Value {
        guard permits.wait(timeout: .now() + .seconds(Self.waitSecondsMax)) == .success else {
            throw .tokenUnavailable(name, "all its sessions are in use")
        }
        defer { permits.signal() }
        let deadline = ContinuousClock.now + .seconds(Self.waitSecondsMax)
        var hasFailed = false
        while true {
            let connection = try opened()
            let outcome = attempt(body, in: connection, writes: writes)
            switch outcome {
            case .success(let value)?: return value
            case .failure(.refused(let error))?: throw error
            case .failure(.failed(let result))? where cpkcs11_is_lasting(result):
                throw .tokenRefused(name, action, result)
            case .failure(.failed(let result))? where result == cpkcs11_session_count:
                // The token has fewer sessions than the pool, or other programs use them: this caller waits for one.
                guard ContinuousClock.now < deadline else {
                    throw .tokenUnavailable(name, "it has no free session (\(SigningError.name(of: result)))")
                }
                usleep(Self.sessionPollMicroseconds)
            case .failure(.failed(let result))?:
                let error = SigningError.tokenUnavailable(
                    name, "a call to \(action) answers \(SigningError.name(of: result))")
                drop(connection, because: hasFailed ? error : nil)
                if hasFailed { throw error }
                hasFailed = true
            // An outage of another token has started the module anew.
            case nil: drop(connection, because: nil)
            }
        }
    }

    /// The open token, opened now if need be.
    private func opened() throws(SigningError) -> TokenConnection {
        if let connection = state.withLock({ $0.connection }) { return connection }
        try checkAvailable()
        let outcome = opening.withLock { _ -> Result<TokenConnection, SigningError> in
            let (known, needsRestart) = state.withLock { ($0.connection, $0.needsRestart) }
            if let known { return .success(known) }
            do throws(SigningError) {
                // Whoever waited for the one who tried hears of the failure.
                try checkAvailable()
                let (connection, session) = try connect(restarting: needsRestart)
                state.withLock { state in
                    (state.connection, state.idle, state.keys) = (connection, [session], [:])
                    (state.failure, state.needsRestart) = (nil, false)
                }
                return .success(connection)
            } catch {
                state.withLock { state in
                    if state.failure.map({ ContinuousClock.now - $0.at >= Self.pace }) ?? true {
                        state.failure = (error, .now)
                    }
                }
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Finds the token's slot, opens a first session and logs the user in.
    private func connect(restarting: Bool) throws(SigningError) -> (TokenConnection, session: UInt) {
        let module = try TokenModule.at(modulePath)
        var generation = try module.started()
        if restarting, let next = try? module.restarted(after: generation) { generation = next }
        var found = module.calling(generation) { TokenSlot.find(uri, by: $0) }
        // Some modules see a token that came back only when they start.
        if found?.matchCount ?? 0 == 0, let next = try? module.restarted(after: generation) {
            generation = next
            found = module.calling(generation) { TokenSlot.find(uri, by: $0) }
        }
        guard let found else { throw .tokenUnavailable(name, "its module does not start") }
        guard let slot = found.slot else {
            throw .tokenUnavailable(
                name, found.matchCount == 0 ? "no slot has it" : "\(found.matchCount) slots have tokens of that name")
        }
        let session = try firstSession(in: slot, module: module, generation: generation)
        do throws(SigningError) {
            try logIn(slot, session: session, module: module, generation: generation)
        } catch {
            _ = module.calling(generation) { $0.close(session) }
            throw error
        }
        let serial = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        return (
            TokenConnection(serial: serial, module: module, generation: generation, slot: slot.number), session
        )
    }

    private func firstSession(
        in slot: TokenSlot, module: TokenModule, generation: UInt64
    ) throws(SigningError) -> UInt {
        do throws(TokenCallError) {
            let session = try module.calling(generation) { calls throws(TokenCallError) in
                try calls.openSession(in: slot.number, writes: false)
            }
            if let session { return session }
        } catch {
            guard case .failed(let result) = error else { throw .tokenUnavailable(name, "no session opens") }
            throw .tokenUnavailable(
                name,
                (result == cpkcs11_session_count ? "it has no free session" : "no session opens")
                    + " (\(SigningError.name(of: result)))")
        }
        throw .tokenUnavailable(name, "its module was started anew")
    }

    /// Runs `body` in a session of a connection; nil when the module was started anew since.
    private func attempt<Value>(
        _ body: (TokenSession) throws(TokenCallError) -> Value, in connection: TokenConnection, writes: Bool
    ) -> Result<Value, TokenCallError>? {
        connection.module.calling(connection.generation) { calls in
            let idle =
                writes
                ? nil
                : state.withLock { state in
                    state.connection?.serial == connection.serial ? state.idle.popLast() : nil
                }
            let session: UInt
            do throws(TokenCallError) {
                if let idle {
                    session = idle
                } else {
                    session = try calls.openSession(in: connection.slot, writes: writes)
                }
            } catch {
                return .failure(error)
            }
            let outcome: Result<Value, TokenCallError>
            var isSound = true
            do throws(TokenCallError) {
                outcome = .success(try body(TokenSession(calls, number: session, connection: connection.serial)))
            } catch {
                if case .failed(let result) = error { isSound = cpkcs11_is_lasting(result) }
                outcome = .failure(error)
            }
            let isKept =
                isSound && !writes
                && state.withLock { state in
                    guard state.connection?.serial == connection.serial else { return false }
                    state.idle.append(session)
                    return true
                }
            if !isKept { calls.close(session) }
            return outcome
        }
    }

    /// Forgets a connection and its sessions.
    ///
    /// - Parameters:
    ///   - connection: the connection that is of no use any more.
    ///   - error: the error that callers get for a moment; nil lets the next caller open the token at once.
    private func drop(_ connection: TokenConnection, because error: SigningError?) {
        let idle = state.withLock { state -> [UInt] in
            guard state.connection?.serial == connection.serial else { return [] }
            if let error { (state.failure, state.needsRestart) = ((error, .now), true) }
            defer { (state.connection, state.idle, state.keys) = (nil, [], [:]) }
            return state.idle
        }
        _ = connection.module.calling(connection.generation) { calls in idle.forEach(calls.close) }
    }

    /// The handle of a key, where it was found in the session's connection.
    func knownKey(_ digest: [UInt8], in session: TokenSession) -> UInt? {
        state.withLock { $0.connection?.serial == session.connection ? $0.keys[digest] : nil }
    }

    func noteKey(_ digest: [UInt8], _ handle: UInt, in session: TokenSession) {
        state.withLock { if $0.connection?.serial == session.connection { $0.keys[digest] = handle } }
    }
}
