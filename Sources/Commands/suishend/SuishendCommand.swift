import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import HTTPServing
import IssuerHTTP
import Issuing
import Platform
import Signing

/// The issuing daemon: serves one installation on a socket.
@main
struct SuishendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suishend",
        abstract: "Serve an installation to issuers on a UNIX socket, and to other machines by TLS.",
        discussion: """
            HTTP/1.1 with JSON, described by openapi.yaml. The settings grant operations to users under `roles`, \
            and to callers on other machines by the names in their certificates, who connect where `listen` says. It \
            takes a listening socket from systemd when given one. On SIGTERM it answers the requests in progress, \
            then stops. With --join it makes the folder of a further daemon of the same installation, and ends.
            """,
        version: Release.version)

    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "The socket; DIR/run/suishend.sock by default.")
    var socket: String?

    @Flag(help: "Open settings, keys and registry, print every mistake in them, and end.")
    var checkConfig = false

    @Flag(help: "With --check-config, print one JSON object with every mistake.")
    var json = false

    @Option(
        help: """
            Make the folder from a running daemon, https://HOST:PORT, or fetch the keys that the folder lacks, and end; \
            with the three options below, as a caller with the role daemon.
            """)
    var join: String?

    @OptionGroup var client: ClientCertificateOptions

    static func main() async {
        await CommandMain.run(self, hasVerdict: false)
    }

    func run() async throws {
        let folder = try folder
        let areKeysLocked = SecretHeap.begin()
        // The files of the log get the same modes under every mask.
        umask(0o022)
        if let join { return try joinDaemon(at: join, folder) }
        try client.files.requireNone(without: "--join")
        guard !checkConfig else { return try await check(folder) }
        try await serve(folder, areKeysLocked: areKeysLocked)
    }

    private func serve(_ folder: StateDirectory, areKeysLocked: Bool) async throws {
        try IssuingService.checkPermissions(of: folder, owner: geteuid())
        let clocks = MachineClocks.system
        let service = try opened(folder, clocks)
        if !areKeysLocked {
            StandardStream.error.write("suishend: private keys are not locked into memory; raise LimitMEMLOCK\n")
        }
        Self.endOnUnknownCommit(service)
        try await service.employWitnesses(nowMilliseconds: clocks.wallMilliseconds, changed: Self.report)
        // Begins before the socket exists, so that every connection is answered even if the signal comes at once.
        let stop = StopSignals.stream()
        let listening = try Self.inheritedSocket.map { descriptor throws(OperationError) in
            try ListeningSocket(inherited: descriptor)
        }
        let network = try Self.network(service, clocks)
        let server = DaemonServer(
            service,
            on: try listening ?? ListeningSocket(path: socket ?? folder.socket, access: service.settings.socket),
            and: network, owner: geteuid(), nowMilliseconds: clocks.wallMilliseconds)
        OpenFileLimit.raise()
        // Codes are issued meanwhile; events wait, because an accepted event must never be withdrawn.
        let publishing = PublishedLog(service.log, reportsClock: true)
        let actsPublishing = PublishedLog(service.actsLog, reportsClock: false)
        let lease = Task { await service.keepLeaseContinually() }
        let acts = Task {
            await service.keepActsContinually(nowMilliseconds: clocks.wallMilliseconds, report: Self.report)
        }
        let upkeep = Task {
            await service.upkeepContinually(nowMilliseconds: clocks.wallMilliseconds, report: Self.report)
        }
        let tree = Task {
            await service.publishContinually(
                as: geteuid(), nowMilliseconds: clocks.wallMilliseconds, report: Self.report)
        }
        let files = Task { await Self.follow(service, network) }
        let beating = Task { await service.advanceBeatContinually(report: Self.report) }
        let ready = ReadyLine.text(
            newestMilliseconds: service.newestEntryMilliseconds, nowMilliseconds: clocks.wallMilliseconds())
        StandardStream.error.write(ready + "\n")
        try await server.run(until: stop)
        let reported = await publishing.stop()
        files.cancel()
        await files.value
        upkeep.cancel()
        await upkeep.value
        tree.cancel()
        await tree.value
        acts.cancel()
        await acts.value
        _ = await actsPublishing.stop()
        beating.cancel()
        await beating.value
        let ending = await Self.outcome {
            try await Self.finish(service, reported, at: clocks.wallMilliseconds())
        }
        lease.cancel()
        await lease.value
        await service.giveUpLease()
        try ending.get()
    }

    /// Publishes what is left after the last request, and ends with the status of what keeps a log from it.
    private static func finish(_ service: IssuingService, _ reported: OperationError?, at now: UInt64) async throws {
        let troubles = [service.log.trouble, service.actsLog.trouble, service.clockObstacle(atMilliseconds: now)]
        if let trouble = troubles.compactMap(\.self).first(where: { !$0.isOfLogBehind }) {
            if trouble.isOfClock, trouble != reported { report(trouble) }
            try await service.advanceBeat()
            throw ExitCode(ExitStatus(trouble.errorClass).rawValue)
        }
        for log in [service.log, service.actsLog] where log.trouble == nil {
            try await log.finish(atMilliseconds: now)
        }
        try await service.advanceBeat()
    }

    private static func outcome(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    private func joinDaemon(at address: String, _ folder: StateDirectory) throws {
        guard !checkConfig, !json, socket == nil else {
            throw ValidationError("--join goes with --state and the certificate alone")
        }
        try Joining.run(folder, from: client.files.address(of: address, option: "--join"))
    }

    /// The installation's service, with what is remarkable about it on stderr.
    private func opened(_ folder: StateDirectory, _ clocks: MachineClocks) throws -> IssuingService {
        let service = try IssuingService(
            folder, random: SystemRandom(), clocks: clocks, credentialFolder: CredentialFolder.path)
        for note in service.notes { StandardStream.error.write("suishend: \(note)\n") }
        try service.checkSigningKeys()
        service.unavailableKeys(at: clocks.wallMilliseconds() / 1000).forEach(Self.report)
        try DaemonServer.check(
            service.settings, credentialFolder: CredentialFolder.path, at: clocks.wallMilliseconds() / 1000)
        return service
    }

    /// Has the process end at a commit with an unknown outcome, before any caller is answered.
    private static func endOnUnknownCommit(_ service: IssuingService) {
        service.onUnknownCommit { error in
            report(error)
            // Not exit(3): its handlers could wait for the writer, and this code runs in the writer.
            // The disk is in doubt, which is no matter of time, although each caller may repeat its request.
            _exit(ExitStatus.malfunction.rawValue)
        }
    }

    /// The port for callers on other machines, named on stderr; nil where the settings have none.
    private static func network(
        _ service: IssuingService, _ clocks: MachineClocks
    ) throws(OperationError) -> NetworkListening? {
        guard let listener = service.settings.listen.listener else { return nil }
        let network = try NetworkListening(
            listener, credentialFolder: CredentialFolder.path, nowMilliseconds: clocks.wallMilliseconds)
        StandardStream.error.write("suishend: callers on other machines connect to \(network.text)\n")
        return network
    }

    /// Takes changed roles and certificates until the task is cancelled.
    private static func follow(_ service: IssuingService, _ network: NetworkListening?) async {
        async let roles: Void = service.followRolesContinually(report: report)
        await network?.followCertificates(report: report)
        await roles
    }

    /// Reports every mistake that would keep the daemon from starting; ends with status 1 if there is one, since the
    /// check itself did its work.
    private func check(_ folder: StateDirectory) async throws {
        let path = (Self.inheritedSocket == nil ? socket : nil) ?? folder.socket
        let now = WallClock.milliseconds() / 1000
        let mistakes = await IssuingService.mistakes(
            in: folder, owner: geteuid(), at: now, credentialFolder: CredentialFolder.path,
            checkSettings: { try DaemonServer.check($0, credentialFolder: CredentialFolder.path, at: now) },
            checkSocket: { try ListeningSocket.check(path) })
        mistakes.forEach(Self.report)
        let warnings = IssuingService.endWarnings(in: folder, owner: geteuid(), at: now)
        for warning in warnings { Diagnostics(command: "suishend").warn("\(warning.reason) [\(warning.code)]") }
        if json {
            let found = mistakes.map { $0.json["error"] ?? .null }
            let result: JSONValue = [
                "state": .string(folder.path), "mistakes": .array(found), "warnings": .array(warnings.map(\.json)),
            ]
            StandardStream.output.write(result.encoded() + "\n")
        } else if mistakes.isEmpty {
            StandardStream.output.write("\(folder.path) is in order\n")
        }
        guard mistakes.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private static func report(_ change: WitnessChange) {
        let standing = change.code.map { "does not cosign \(change.log) [\($0)]" } ?? "cosigns \(change.log) again"
        StandardStream.error.write("suishend: \(TerminalText.line("the witness \(change.name) \(standing)"))\n")
    }

    static func report(_ error: OperationError) {
        Diagnostics(command: "suishend").report(CommandError(error))
    }

    private var folder: StateDirectory {
        get throws {
            StateDirectory(path: try EnvironmentVariable.state.required(unless: state))
        }
    }

    /// The first descriptor that systemd hands over, when it means this process (sd_listen_fds(3)).
    private static var inheritedSocket: Int32? {
        guard let process = unsafe getenv("LISTEN_PID"), unsafe String(cString: process) == String(getpid()),
            let count = unsafe getenv("LISTEN_FDS"), unsafe Int(String(cString: count)) ?? 0 > 0
        else { return nil }
        return 3
    }
}
