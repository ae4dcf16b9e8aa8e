import Encoding
import Signing
import Synchronization

/// The nonces of phones' proofs, and the proofs that were seen while their nonces live (RFC 9449 §8, §11.1).
///
/// A nonce is a time, random bytes and their code under a key of this start; the end of the process ends them all.
/// Daemons that share a registry share the key, since a phone may get a nonce from one and use it at another.
///
/// Seen proofs are known to one daemon alone. A proof that is sent again to another daemon, within a nonce's life and by
/// somebody who has read a request inside its TLS connection, gains nothing: it gives a token that needs the phone's key
/// again, the kept answer to the same idempotency key, `renewal_early`, or a revocation that is made already. A wrong PIN
/// counts once more for each daemon.
final class ProofNonces: Sendable {
    static let lifetimeSeconds: UInt64 = 120
    /// The most proofs in memory; beyond it, every nonce so far ends.
    static let seenCountMax = 1 << 20
    private static let randomByteCount = 8
    private static let macByteCount = 16
    private static let byteCount = 8 + randomByteCount + macByteCount

    /// Half of a digest of a proof's name.
    private struct Seen: Hashable {
        let first: UInt64
        let second: UInt64
    }

    private struct State {
        /// The number of the present span of ``lifetimeSeconds``.
        var span: UInt64 = 0
        var now: Set<Seen> = []
        var before: Set<Seen> = []
        /// Nonces of this millisecond and before have ended.
        var endedMilliseconds: UInt64 = 0

        mutating func move(to span: UInt64) {
            guard span > self.span else { return }
            before = span == self.span + 1 ? now : []
            now = []
            self.span = span
        }
    }

    private let key: [UInt8]
    private let random: any RandomSource
    private let seenCountMax: Int
    private let state = Mutex(State())

    /// The key of daemons that share a registry.
    static func key(of digestSecret: [UInt8]) -> [UInt8] {
        HMAC.code(.sha256, key: digestSecret, message: Array("suishen proof nonce v1".utf8))
    }

    /// - Parameters:
    ///   - key: the key of the nonces; nil for one of this start.
    ///   - random: the source of nonces.
    ///   - seenCountMax: the most proofs in memory.
    /// - Throws: `random_unavailable`.
    init(
        key: [UInt8]? = nil, random: any RandomSource, seenCountMax: Int = seenCountMax
    ) throws(SigningError) {
        self.key = if let key { key } else { try random.bytes(DigestAlgorithm.sha256.byteCount) }
        self.random = random
        self.seenCountMax = seenCountMax
    }

    /// A new nonce in Base64url.
    func make(atMilliseconds now: UInt64) throws(SigningError) -> String {
        let content = Self.bytes(now) + (try random.bytes(Self.randomByteCount))
        return Base64.encodeURL(content + code(content))
    }

    /// Refuses a nonce that is not of this start, or has ended.
    ///
    /// - Throws: `nonce_needed`.
    func check(_ nonce: String?, atMilliseconds now: UInt64) throws(OperationError) {
        guard let nonce, nonce.utf8.count <= 2 * Self.byteCount, let bytes = try? Base64.decodeURL(nonce),
            bytes.count == Self.byteCount
        else { throw .nonceNeeded }
        let content = Array(bytes.dropLast(Self.macByteCount))
        guard code(content) == Array(bytes.suffix(Self.macByteCount)) else { throw .nonceNeeded }
        let time = content.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let ended = state.withLock(\.endedMilliseconds)
        guard time > ended, time <= now, now - time <= Self.lifetimeSeconds * 1000 else { throw .nonceNeeded }
    }

    /// Refuses a proof that was seen before.
    ///
    /// - Parameters:
    ///   - name: the proof's `jti`.
    ///   - thumbprint: the thumbprint of its key.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Throws: `proof_invalid`; `nonce_needed` once too many proofs were seen in a short time.
    func note(_ name: String, of thumbprint: [UInt8], atMilliseconds now: UInt64) throws(OperationError) {
        let digest = DigestAlgorithm.sha256.digest(thumbprint + Array(name.utf8))
        let seen = Seen(
            first: digest[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            second: digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
        let error: OperationError? = state.withLock { state in
            state.move(to: now / 1000 / Self.lifetimeSeconds)
            guard !state.now.contains(seen), !state.before.contains(seen) else {
                return .proofInvalid("the proof's jti was used before")
            }
            guard state.now.count + state.before.count < seenCountMax else {
                (state.now, state.before, state.endedMilliseconds) = ([], [], now)
                return .nonceNeeded
            }
            state.now.insert(seen)
            return nil
        }
        if let error { throw error }
    }

    private func code(_ content: [UInt8]) -> [UInt8] {
        Array(HMAC.code(.sha256, key: key, message: content).prefix(Self.macByteCount))
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
    }
}
