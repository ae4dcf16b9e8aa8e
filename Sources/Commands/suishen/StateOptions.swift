import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import IssuerInterface
import Issuing
import Platform
import Signing

/// The installation that a command works on.
///
/// Its options stand here themselves and in no group of their own: with each level of groups, ArgumentParser takes about
/// twice as long, and most commands have this one in a group of a group.
struct StateOptions: ParsableArguments {
    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "The daemon's socket; SUISHEN_SOCKET or DIR/run/suishend.sock by default.")
    var socket: String?

    @Option(help: RemoteOptions.daemonHelp)
    var daemon: String?

    @Option(help: ClientCertificateOptions.certificateHelp)
    var certificate: String?

    @Option(help: ClientCertificateOptions.keyHelp)
    var certificateKey: String?

    @Option(help: ClientCertificateOptions.authorityHelp)
    var authority: String?

    @Option(name: .customLong("at"), help: ClockOptions.help)
    var fixedSeconds: UInt64?

    func validate() throws { try ClockOptions.check(fixedSeconds) }

    private var remote: RemoteDaemon {
        RemoteDaemon(
            url: daemon,
            files: ClientCertificateFiles(
                certificate: certificate, certificateKey: certificateKey, authority: authority))
    }

    /// The current time of the command.
    var clock: CommandClock { CommandClock(fixedSeconds: fixedSeconds) }

    /// Opens the installation: through its daemon when one is named or answers in the folder, else directly.
    ///
    /// - Parameter idempotencyKey: the key of the change that is requested; nil for every other request.
    /// - Returns: the way to the installation.
    /// - Throws: `clock_not_ours`, or the error of a folder that cannot be opened.
    func access(idempotencyKey: String? = nil) throws -> IssuerAccess {
        if let address = try daemonAddress {
            guard clock.fixedSeconds == nil else {
                throw CommandError(
                    code: "clock_not_ours", reason: "a daemon uses its own clock",
                    hint: "leave --at out, or stop the daemon", status: .usage)
            }
            return .daemon(try IssuerClient(address), idempotencyKey: idempotencyKey)
        }
        let folder = try Self.folder(state)
        try Self.checkPermissions(of: folder)
        // A time that the caller names is the caller's word, and no clock's.
        let service = try IssuingService(
            folder, random: SystemRandom(), clocks: clock.fixedSeconds == nil ? .system : nil,
            credentialFolder: CredentialFolder.path)
        for note in service.notes { StandardStream.error.write("suishen: \(note)\n") }
        return .direct(service) { [clock] in
            .init(
                uid: getuid(), grants: .everything, nowMilliseconds: clock.nowMilliseconds,
                idempotencyKey: idempotencyKey, holdsFiles: true)
        }
    }

    /// The daemon named on the command line or by the environment, or the folder's own when one answers there.
    private var daemonAddress: DaemonAddress? {
        get throws {
            if let address = try Self.named(socket, remote) { return address }
            let path = try Self.folder(state).socket
            return IssuerClient.answers(at: path) ? .socket(path: path) : nil
        }
    }

    /// The daemon that options name, or else the environment; an option goes before every variable.
    ///
    /// - Throws: `usage` where two daemons are named in one way.
    static func named(_ socket: String?, _ remote: RemoteDaemon) throws(CommandError) -> DaemonAddress? {
        if socket == nil || remote.url != nil, let address = try remote.address {
            guard socket == nil else {
                throw CommandError(
                    code: "usage", reason: "--socket and --daemon name two daemons", hint: "give one of them",
                    status: .usage)
            }
            return address
        }
        return EnvironmentVariable.socket.value(unless: socket).map { .socket(path: $0) }
    }

    /// Refuses an installation that another user owns in part, or could change, as its daemon does.
    ///
    /// Root may work on another user's installation; it must then belong to that user as a whole.
    static func checkPermissions(of folder: StateDirectory) throws(OperationError) {
        var status = stat()
        var owner = geteuid()
        if owner == 0, unsafe stat(folder.path, &status) == 0 { owner = status.st_uid }
        try IssuingService.checkPermissions(of: folder, owner: owner)
    }

    /// The keys of an installation that this process does not serve.
    static func keys(of folder: StateDirectory) throws(OperationError) -> KeyFolder {
        KeyFolder(
            folder, settings: try Settings(contentsOf: folder.settings), credentialFolder: CredentialFolder.path)
    }

    /// The folder named on the command line, or by the environment.
    static func folder(_ option: String?) throws(CommandError) -> StateDirectory {
        StateDirectory(path: try EnvironmentVariable.state.required(unless: option))
    }
}
