package import ArgumentParser
package import Platform
import Signing

/// What a command proves itself by to a daemon on another machine, and whom it trusts there.
package struct ClientCertificateOptions: ParsableArguments {
    package static let certificateHelp: ArgumentHelp =
        "This client's certificate in PEM, which names it; SUISHEN_CERTIFICATE by default."
    package static let keyHelp: ArgumentHelp =
        "The certificate's private key in PEM, with mode 0400; SUISHEN_CERTIFICATE_KEY by default."
    package static let authorityHelp: ArgumentHelp =
        "The PEM file of the only authorities that may vouch for the daemon; SUISHEN_AUTHORITY by default."

    @Option(help: Self.certificateHelp)
    package var certificate: String?

    @Option(help: Self.keyHelp)
    package var certificateKey: String?

    @Option(help: Self.authorityHelp)
    package var authority: String?

    /// Takes no option.
    package init() {}

    /// The named files.
    package var files: ClientCertificateFiles {
        ClientCertificateFiles(certificate: certificate, certificateKey: certificateKey, authority: authority)
    }
}

/// The files that options name, or else the environment.
package struct ClientCertificateFiles {
    private static let byteCountMax = 256 << 10

    private let certificate: String?
    private let certificateKey: String?
    private let authority: String?

    package init(certificate: String?, certificateKey: String?, authority: String?) {
        (self.certificate, self.certificateKey, self.authority) = (certificate, certificateKey, authority)
    }

    /// Reads the files for a daemon.
    ///
    /// - Parameters:
    ///   - text: the daemon's address.
    ///   - option: the option that names it, such as `--daemon`.
    /// - Returns: the address, with the client's identity.
    /// - Throws: `usage` for another address than https, or where a file is not named; the error of a file.
    package func address(of text: String, option: String) throws(CommandError) -> RemoteAddress {
        guard var address = RemoteAddress(text), address.isSecure, address.prefix.isEmpty else {
            throw Self.wrong("\(option) takes https://HOST:PORT", option)
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
        return address
    }

    /// Refuses the options where no daemon is named.
    ///
    /// - Throws: `usage`.
    package func requireNone(without option: String) throws(CommandError) {
        guard certificate == nil, certificateKey == nil, authority == nil else {
            throw Self.wrong("--certificate, --certificate-key and --authority need \(option)", option)
        }
    }

    private static func wrong(_ reason: String, _ option: String) -> CommandError {
        CommandError(
            code: "usage", reason: reason,
            hint: "give \(option) https://HOST:PORT --certificate FILE --certificate-key FILE --authority FILE",
            status: .usage)
    }
}
