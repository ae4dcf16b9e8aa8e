import CPKCS11
import Glibc
import Signing
import Synchronization

/// One provider's PKCS#11 module: opened once in the process, and started anew after an outage.
@safe final class TokenModule: Sendable {
    private static let opened = Mutex<[String: TokenModule]>([:])
    /// The shortest time between two starts, so that requests during an outage do not keep a module starting.
    private static let restartInterval = Duration.seconds(1)

    /// Goes before a PIN whose digest is kept; new in every process.
    static let refusalSalt = (try? SystemRandom().bytes(32)) ?? []

    // Safe to share: the module was started with the system's locks, and `lock` keeps calls and starts apart.
    nonisolated(unsafe) private let module: OpaquePointer
    private let lock = ReadWriteLock()
    private let run = Mutex(Run())
    /// Digests of the PINs that each token has refused in this process, by the token's name.
    private let refusedPINs = Mutex<[String: Set<[UInt8]>]>([:])

    private struct Run {
        /// Counts the starts, 0 before the first; handles of an earlier start mean nothing.
        var generation: UInt64 = 0
        var isStarted = false
        var lastAttempt: ContinuousClock.Instant?
        /// What a failed start answered.
        var failure: cpkcs11_result = 0
    }

    /// The module at a path.
    ///
    /// - Throws: `key_unavailable` when it cannot be opened.
    static func at(_ path: String) throws(SigningError) -> TokenModule {
        let found = opened.withLock { opened -> Result<TokenModule, SigningError> in
            if let known = opened[path] { return .success(known) }
            var reason: UnsafePointer<CChar>?
            guard let module = unsafe cpkcs11_open(path, &reason) else {
                let text = unsafe reason.map { unsafe String(cString: $0) } ?? "it cannot be opened"
                return .failure(.tokenUnavailable("the module \(path)", text))
            }
            let made = unsafe TokenModule(module)
            opened[path] = made
            return .success(made)
        }
        return try found.get()
    }

    private init(_ module: OpaquePointer) {
        unsafe self.module = module
    }

    /// Runs `body` with the module's calls, unless it was started anew since `generation`, which gives nil.
    func calling<Value, Failure>(
        _ generation: UInt64, _ body: (TokenCalls) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        try lock.sharing { () throws(Failure) -> Value? in
            guard run.withLock({ $0.isStarted && $0.generation == generation }) else { return nil }
            return try unsafe body(TokenCalls(module))
        }
    }

    /// Starts the module unless it runs.
    ///
    /// - Returns: the number of the start.
    /// - Throws: `key_unavailable`.
    func started() throws(SigningError) -> UInt64 {
        let run = run.withLock { $0 }
        return run.isStarted ? run.generation : try restarted(after: run.generation)
    }

    /// Ends the module's run and starts it anew (C_Finalize, C_Initialize), at a bounded pace.
    ///
    /// Some modules see a token that came back only then.
    ///
    /// - Parameter generation: the run that is of no use any more; a later run is returned as it is.
    /// - Returns: the number of the start.
    /// - Throws: `key_unavailable`, also when the last start was a moment ago.
    func restarted(after generation: UInt64) throws(SigningError) -> UInt64 {
        let outcome = lock.alone { () -> Result<UInt64, SigningError> in
            run.withLock { run in
                if run.isStarted, run.generation != generation { return .success(run.generation) }
                let now = ContinuousClock.now
                if let last = run.lastAttempt, now - last < Self.restartInterval {
                    return .failure(Self.failure(run.failure))
                }
                run.lastAttempt = now
                if run.isStarted { _ = unsafe cpkcs11_finalize(module) }
                run.failure = unsafe cpkcs11_initialize(module)
                run.isStarted = run.failure == 0
                run.generation += 1
                return run.isStarted ? .success(run.generation) : .failure(Self.failure(run.failure))
            }
        }
        return try outcome.get()
    }

    private static func failure(_ result: cpkcs11_result) -> SigningError {
        .tokenUnavailable(
            "the token's module",
            result == 0 ? "it was started a moment ago" : "its start answers \(SigningError.name(of: result))")
    }

    /// Whether a token has refused this PIN in this process.
    func hasRefused(_ digest: [UInt8], token: String) -> Bool {
        refusedPINs.withLock { $0[token]?.contains(digest) ?? false }
    }

    func noteRefusal(of digest: [UInt8], token: String) {
        refusedPINs.withLock { _ = $0[token, default: []].insert(digest) }
    }
}
