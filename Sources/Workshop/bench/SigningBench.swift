import ArgumentParser
import Signing

/// Measures the signatures made and verified in a second, beside `openssl speed`.
struct SigningBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing", abstract: "Sign and verify, beside `openssl speed` in the same run.")

    @Option(help: "The number of rounds, openssl's and ours in turn; the best of each counts.")
    var rounds = 5

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        // `openssl speed` signs 32 bytes with Ed25519 and 20 with the others, through the algorithm's digest if any.
        for (algorithm, name) in [(SignatureAlgorithm.ed25519, "ed25519"), (.es256, "ecdsap256"), (.sm2, "sm2")] {
            let key = try SigningKey.generate(algorithm)
            let message = [UInt8](repeating: 7, count: algorithm == .ed25519 ? 32 : 20)
            let signature = try key.sign(message)
            var ours = OpenSSLSpeed.Rates()
            var theirs = OpenSSLSpeed.Rates()
            for _ in 0..<rounds {
                guard let rates = OpenSSLSpeed.rates(name) else {
                    throw ValidationError("the openssl program does not measure \(name)")
                }
                theirs.sign = max(theirs.sign, rates.sign)
                theirs.verify = max(theirs.verify, rates.verify)
                ours.sign = try max(ours.sign, ProcessorTime.rate(milliseconds: 500) { _ = try key.sign(message) })
                ours.verify = max(
                    ours.verify,
                    ProcessorTime.rate(milliseconds: 500) {
                        // No input reaches this: the bench signs its own message.
                        precondition(key.verificationKey.isValid(signature, for: message), "our own signature is valid")
                    })
            }
            let baseline = "openssl speed \(name)"
            Comparison(name: "sign, \(name)", baseline: baseline, ours: ours.sign, theirs: theirs.sign)
                .print(asJSON: json)
            Comparison(name: "verify, \(name)", baseline: baseline, ours: ours.verify, theirs: theirs.verify)
                .print(asJSON: json)
        }
    }
}
