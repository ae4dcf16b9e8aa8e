import Credential
import Signing

/// The difference between a holder's device clock and this machine's, from a showing with a valid signature or link.
package struct ClockWitness: Sendable, Equatable {
    /// 8 bytes that tell holders apart; nil if nothing does, and then the showing does not count.
    package private(set) var holder: [UInt8]?
    /// The device's time minus this machine's, in seconds.
    package let offsetSeconds: Int32

    /// Takes the time of a showing.
    ///
    /// - Parameters:
    ///   - deviceKey: the key of the phone, which signed the showing; nil if no key did.
    ///   - time: when the code was shown, or made.
    ///   - lifeSeconds: how long the same code may be shown; an age below this counts as offset 0.
    ///   - now: the time of this machine's clock.
    package init(deviceKey: [UInt8]?, time: UInt64, lifeSeconds: UInt64 = 0, now: UInt64) {
        holder = deviceKey.map { Self.holder("device", $0) }
        if time >= now {
            offsetSeconds = Int32(clamping: time - now)
        } else {
            offsetSeconds = now - time < lifeSeconds ? 0 : -Int32(clamping: now - time)
        }
    }

    /// Names the holder by an identifier that the code's issuer vouches for.
    ///
    /// It outweighs the device key, so that all codes of one person count as one holder. The credential's id would not
    /// do: one phone can get a fresh credential for every showing.
    mutating func setHolder(identifier: [UInt8], in domain: SealDomain) {
        holder = Self.holder(domain.rawValue, identifier)
    }

    private static func holder(_ kind: String, _ bytes: [UInt8]) -> [UInt8] {
        Array(DigestAlgorithm.sha256.digest(Array("suishen clock holder \(kind) ".utf8) + bytes).prefix(8))
    }
}
