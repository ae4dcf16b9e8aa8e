import Signing
import Synchronization

/// Verifies transit codes offline, at three levels: CA, card issuer, holder's phone; all SM2.
package final class TransitVerifier: Sendable {
    private let network: TransitNetwork
    private let limits: TransitTimeLimits
    // Parsed at the first use: a gate that sees no transit code parses no key.
    private let parsed = Mutex<[UInt8: VerificationKey]>([:])

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - network: the layout of codes, and the CA keys.
    ///   - skewSeconds: how far a phone's clock may be ahead of the gate's.
    ///   - lifeSecondsMax: the longest life of a code, even if the code states a longer one; the replay store need not
    ///     remember a code longer.
    package init(network: TransitNetwork, skewSeconds: UInt64, lifeSecondsMax: UInt64) {
        self.network = network
        limits = TransitTimeLimits(skewSeconds: skewSeconds, lifeSecondsMax: lifeSecondsMax)
    }

    /// Checks one scanned code, cheap checks first; the gate checks for replays.
    ///
    /// - Parameters:
    ///   - bytes: the whole code.
    ///   - fare: the highest price of the ride, in hundredths of a yuan.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the verified code.
    /// - Throws: the refusal, with the answer of a public terminal.
    package func verified(
        _ bytes: [UInt8], fare: UInt64 = 0, at now: UInt64
    ) throws(TransitRefusal) -> VerifiedTransitCode {
        let readable = try ReadableTransitCode(bytes, layout: network.layout)
        let authority = try authority(of: readable)
        let terms = try TransitTerms(
            readable, under: authority, in: network, fare: fare, limits: limits, at: now)
        let signatures = try TransitSignatures(readable, under: authority)
        return VerifiedTransitCode(
            readable: readable, authority: authority, terms: terms,
            showing: SignedTransitCode(readable: readable, signatures: signatures))
    }

    /// Reads a code without checking its times; nil unless every signature is valid, under a key that is not struck.
    package func signed(_ bytes: [UInt8]) -> SignedTransitCode? {
        do throws(TransitRefusal) {
            let readable = try ReadableTransitCode(bytes, layout: network.layout)
            let authority = try authority(of: readable)
            guard authority.authority.status != .compromised else { return nil }
            let signatures = try TransitSignatures(readable, under: authority)
            return SignedTransitCode(readable: readable, signatures: signatures)
        } catch {
            return nil
        }
    }

    private func authority(of readable: ReadableTransitCode) throws(TransitRefusal) -> TrustedAuthority {
        let index = readable.code.certificate.caIndex
        return try TrustedAuthority(index, in: network, key: key(index))
    }

    private func key(_ index: UInt8) -> VerificationKey? {
        parsed.withLock { parsed in
            if let key = parsed[index] { return key }
            let key = network.authorities[index].flatMap { try? VerificationKey(raw: $0.key, algorithm: .sm2) }
            parsed[index] = key
            return key
        }
    }
}
