import ArgumentParser
import CommandSupport
import IssuerInterface

/// The daemon on another machine that a command asks, and what it proves itself by.
struct RemoteOptions: ParsableArguments {
    static let daemonHelp: ArgumentHelp = """
        A daemon on another machine, in place of a socket: https://HOST:PORT, with the three options below; \
        SUISHEN_DAEMON by default.
        """

    @Option(help: Self.daemonHelp)
    var daemon: String?

    @OptionGroup var client: ClientCertificateOptions

    var remote: RemoteDaemon { RemoteDaemon(url: daemon, files: client.files) }
}

/// The daemon on another machine that options name, or else the environment.
struct RemoteDaemon {
    /// The option's value.
    let url: String?
    let files: ClientCertificateFiles

    /// The named daemon; nil for none.
    ///
    /// - Throws: `usage` for another address than https, or one of the options alone; the error of a file.
    var address: DaemonAddress? {
        get throws(CommandError) {
            guard let text = EnvironmentVariable.daemon.value(unless: url) else {
                try files.requireNone(without: "--daemon")
                return nil
            }
            return .remote(try files.address(of: text, option: "--daemon"))
        }
    }
}
