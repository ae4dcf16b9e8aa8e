import ArgumentParser
import CommandSupport
import IssuerInterface
import Platform
import Signing

/// The daemon on another machine that a command asks, and what it proves itself by.
struct RemoteOptions: ParsableArguments {
    private static let byteCountMax = 256 << 10

    @Option(
        help: """
            A daemon on another machine, in place of a socket: https://HOST:PORT, with the three options below; \
            SUISHEN_DAEMON by default.
            """)
    var daemon: String?

    @Option(help: "This client's certificate in PEM, which names it; SUISHEN_CERTIFICATE by default.")
    var certificate: String?

    @Option(help: "The certificate's private key in PEM, with mode 0400; SUISHEN_CERTIFICATE_KEY by default.")
    var certificateKey: String?

    @Option(help: "The PEM file of the only authorities that may vouch for the daemon; SUISHEN_AUTHORITY by default.")
    var authority: String?

    /// The named daemon; nil for none.
    ///
    /// - Throws: `usage` for another address than https, or one of the options alone; the error of a file.
    var address: DaemonAddress? {
        get throws(CommandError) {
            guard let text = EnvironmentVariable.daemon.value(unless: daemon) else {
                guard certificate == nil, certificateKey == nil, authority == nil else {
                    throw Self.wrong("--certificate, --certificate-key and --authority need --daemon")
                }
                return nil
            }
            guard var address = RemoteAddress(text), address.isSecure, address.prefix.isEmpty else {
                throw Self.wrong("--daemon takes https://HOST:PORT")
            }
            let certificatePath = try EnvironmentVariable.certificate.required(unless: certificate)
            let keyPath = try EnvironmentVariable.certificateKey.required(unless: certificateKey)
            let authorityPath = try EnvironmentVariable.authority.required(unless: authority)
            address.authorities = try InputFile.read(authorityPath, byteCountMax: Self.byteCountMax)
            let key: [UInt8]
            do throws(SigningError) {
                key = try SecretFile.read(keyPath, byteCountMax: Self.byteCountMax)
            } catch {
                throw CommandError(error)
            }
            address.identity = ClientIdentity(
                certificate: try InputFile.read(certificatePath, byteCountMax: Self.byteCountMax), key: key)
            return .remote(address)
        }
    }

    private static func wrong(_ reason: String) -> CommandError {
        CommandError(
            code: "usage", reason: reason,
            hint: "give --daemon https://HOST:PORT --certificate FILE --certificate-key FILE --authority FILE",
            status: .usage)
    }
}
