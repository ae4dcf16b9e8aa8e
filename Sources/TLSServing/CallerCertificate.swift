import NIOSSL
import Platform
import Signing

/// The name in a caller's certificate, and the time until which it counts.
///
/// The chain to the authority is checked before, by the handshake itself. What is checked here holds on a resumed
/// connection too, whose certificate was checked when the first one was made.
struct CallerCertificate: Sendable {
    /// The purpose of a client of TLS, id-kp-clientAuth (RFC 5280 §4.2.1.12).
    private static let clientPurpose = "1.3.6.1.5.5.7.3.2"

    let name: CallerName
    /// The last second of validity, in seconds since 1970-01-01T00:00:00Z.
    let notAfter: UInt64

    /// Reads a certificate that the handshake has traced to the authority.
    ///
    /// - Parameters:
    ///   - certificate: the caller's own certificate.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: the reason why nobody is let in with this certificate.
    init(_ certificate: NIOSSLCertificate, at now: UInt64) throws(CallerRefusal) {
        guard let der = try? certificate.toDERBytes(), let parsed = ParsedCertificate(der),
            let notBefore = parsed.notBefore, let notAfter = parsed.notAfter
        else { throw .malformed }
        guard notBefore <= now, now <= notAfter else { throw .outdated }
        // Without the extension a certificate would do for any purpose; a server's must not do for a caller's.
        guard parsed.maySign, parsed.extendedKeyUsages?.contains(Self.clientPurpose) == true else {
            throw .otherPurpose
        }
        let names = certificate._subjectAlternativeNames()
        guard names.count == 1, let only = names.first, only.nameType == .dnsName else { throw .nameless }
        let text = unsafe only.contents.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
        guard let name = text.flatMap({ CallerName($0) }) else { throw .nameless }
        self.name = name
        self.notAfter = notAfter
    }
}

/// The reason why a certificate that the authority has signed lets nobody in.
enum CallerRefusal: Error, Equatable {
    case malformed
    /// It is not valid yet, or no more.
    case outdated
    /// It is not for clients of TLS.
    case otherPurpose
    /// It has no subject alternative name, more than one, or one that is no DNS name.
    case nameless
}
