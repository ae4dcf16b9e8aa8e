import ArgumentParser
import CommandSupport
import IssuerInterface

/// The daemon on another machine that a command asks, and what it proves itself by.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: """
            A daemon on another machine, in place of a socket: https://HOST:PORT, with the three options below; \
            SUISHEN_DAEMON by default.
            """)
    var daemon: String?

    @OptionGroup var client: ClientCertificateOptions

    /// The named daemon; nil for none.
    ///
    /// - Throws: `usage` for another address than https, or one of the options alone; the error of a file.
    var address: DaemonAddress? {
        get throws(CommandError) {
            guard let text = EnvironmentVariable.daemon.value(unless: daemon) else {
                try client.requireNone(without: "--daemon")
                return nil
            }
            return .remote(try client.address(of: text, option: "--daemon"))
        }
    }
}
