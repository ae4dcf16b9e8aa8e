import HTTPServing
import NIOCore
import NIOSSL
import Platform
import Signing

/// The certificates and the key of one moment, ready for handshakes.
struct LoadedTLS: Sendable {
    private static let byteCountMax = 256 << 10
    /// The time in which a client may answer the end of a connection.
    private static let goodbyeSeconds: Int64 = 1

    let context: NIOSSLContext
    /// The authorities that callers' certificates were checked against.
    let authorities: [NIOSSLCertificate]
    /// Another number for other authorities.
    var generation: UInt64 = 0

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - files: the certificates and the key.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Throws: `tls_unusable`, never with a part of the private key.
    init(_ files: TLSFiles, at now: UInt64) throws(ServingError) {
        let chain = try Self.certificates(files.certificate)
        authorities = try Self.certificates(files.clientAuthority)
        // A time outside the certificates would have every client refuse this server.
        guard let own = chain.first, UInt64(clamping: own.notValidBefore) <= now,
            now <= UInt64(clamping: own.notValidAfter)
        else {
            throw Self.unusable(
                "the certificate in \(files.certificate) is not valid now", hint: "put a current certificate there")
        }
        var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try Self.key(files)),
            trustRoots: .certificates(authorities))
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        configuration.sendCANameList = true
        configuration.shutdownTimeout = .seconds(Self.goodbyeSeconds)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.unusable(
                "the private key in \(files.privateKey) does not belong to the certificate in \(files.certificate)",
                hint: "put both in place together: the certificate that was made for this key, its own first")
        }
    }

    private static func certificates(_ path: String) throws(ServingError) -> [NIOSSLCertificate] {
        try check(path)
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(path, byteCountMax: byteCountMax)
        } catch {
            throw unusable("\(path) cannot be read: \(error.reason)", hint: "put certificates in PEM there")
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw unusable("\(path) does not hold certificates in PEM", hint: "put certificates in PEM there")
        }
        return certificates
    }

    private static func key(_ files: TLSFiles) throws(ServingError) -> NIOSSLPrivateKey {
        let path = files.privateKey
        try check(path)
        var bytes: [UInt8]
        do {
            bytes =
                files.isKeyCredential
                ? try RegularFile.read(path, byteCountMax: byteCountMax)
                : try SecretFile.read(path, byteCountMax: byteCountMax)
        } catch let error as SigningError {
            throw unusable(error.reason, hint: error.hint)
        } catch {
            let cause = (error as? RegularFileError)?.reason ?? "unknown"
            throw unusable("\(path) cannot be read: \(cause)", hint: "name the credential in the unit")
        }
        defer { SecretFile.wipe(&bytes) }
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw unusable(
                "\(path) does not hold a private key in PEM without a passphrase",
                hint: "put the key there as `openssl genpkey` writes it")
        }
        return key
    }

    /// Refuses a file that somebody else could exchange.
    private static func check(_ path: String) throws(ServingError) {
        do throws(UntrustedEntry) {
            try TrustedUsers.own.check(path)
        } catch {
            throw unusable(error.reason, hint: error.hint)
        }
    }

    private static func unusable(_ reason: String, hint: String) -> ServingError {
        ServingError(.tlsUnusable, reason, hint: hint)
    }
}
