import ArgumentParser
import Glibc
import HardwareKeys
import Signing
import Synchronization

/// Measures signatures of a token through the pool of sessions, beside the token's own speed in the same process.
@main
struct TokenBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token-bench",
        abstract: "Measure signatures by a token: through our pool, and by bare calls of its module.",
        discussion: "It makes one key in the token, and destroys it at the end. tools/bench-token runs it on SoftHSM.")

    @Argument(help: "The token: a pkcs11: URI.")
    var token: String

    @Option(help: "ed25519 or es256.")
    var suite = "ed25519"

    @Option(help: "The threads that sign at a time, of each.")
    var threads = 4

    @Option(help: "How long each is measured.")
    var seconds = 3

    func run() throws {
        guard let algorithm = Suite(rawValue: suite)?.algorithm, algorithm != .sm2, (1...16).contains(threads),
            (1...600).contains(seconds)
        else { throw ValidationError("--suite is ed25519 or es256, --threads 1 to 16, --seconds 1 to 600") }
        let uri = try TokenURI(token)
        let (key, made) = try TokenKey.make(algorithm, in: uri, label: "token-bench", credentialFolder: nil)
        defer { try? TokenKey.discard(made, credentialFolder: nil) }
        let message = Array("a message of about the length of a code's claims, which are some hundred bytes long".utf8)
        // Opens the token, and finds the key.
        _ = try key.sign(message)
        let bare = try BareToken(made, algorithm: algorithm)
        // By turns, twice: the better measurement of each counts.
        var (own, pooled) = (0.0, 0.0)
        for _ in 0..<2 {
            own = max(own, rate { try bare.signer() })
            pooled = max(pooled, rate { { _ = try? key.sign(message) } })
        }
        print(
            """
            {"suite":"\(suite)","threads":\(threads),"ownPerSecond":\(Int(own)),"pooledPerSecond":\(Int(pooled)),\
            "share":\((pooled / own * 100).rounded() / 100)}
            """)
    }

    /// How often all threads together run what `making` makes for each of them, in a second.
    private func rate(_ making: @escaping @Sendable () throws -> () -> Void) -> Double {
        let total = Mutex(0)
        let end = ContinuousClock.now + .seconds(seconds)
        let workers = (0..<threads).map { _ in
            Worker {
                guard let work = try? making() else { return }
                var count = 0
                while ContinuousClock.now < end {
                    work()
                    count += 1
                }
                total.withLock { $0 += count }
            }
        }
        workers.forEach { $0.join() }
        return Double(total.withLock { $0 }) / Double(seconds)
    }
}
