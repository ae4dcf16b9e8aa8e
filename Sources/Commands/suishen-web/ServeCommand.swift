import ArgumentParser
import CommandSupport
import Gate
import HTTPServing
import Platform
import PublicWeb

/// `suishen-web serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the pages that codes open, without any key or database.",
        discussion: """
            It asks the daemon over its socket in the roles `public` and `wallet`, and reads the published tree. \
            HTTP/1.1 on this machine alone; nginx faces the network, as tools/nginx/suishen-web.conf has it. The line \
            `suishen-web: ready on ADDRESS` says that it serves. On SIGTERM it answers the requests in progress, then \
            stops.
            """)

    @Option(help: "The host of codes, as `host` in suishend.yaml has it.")
    var host: String

    @Option(help: "The wallet's host; without it the pages of codes are isolated in the browser.")
    var walletHost: String?

    @Option(help: "The address to listen on, of this machine alone: 127.0.0.1:PORT.")
    var listen: String

    @Option(help: "The daemon's socket; SUISHEN_SOCKET by default.")
    var socket: String?

    @Option(help: "The published tree, of `publish` in suishend.yaml or `suishen publish`.")
    var tree: String

    @Option(help: "The folder of the published log; without it the daemon is asked for every tile.")
    var log: String?

    @Option(help: "The folder of the log of the service's own acts; without it the daemon is asked for every file.")
    var acts: String?

    @Option(
        help: ArgumentHelp(
            "The trust anchor: a PEM file in place of root.pem in the tree, or the SHA-256 of its key.",
            valueName: "FILE|DIGEST"))
    var root: String?

    @Option(help: "A user, by name or number, who may write the tree besides root and this user.")
    var publisher: UserArgument?

    @Option(help: "The file to which reports of faults are appended; without it no faults can be reported.")
    var outbox: String?

    @Option(help: "The address for reports of weaknesses in security.txt: mailto:… or https://….")
    var securityContact: String?

    @Option(help: "The module of WebAssembly with which pages check themselves, made by tools/build-wasm.")
    var module: String?

    @Option(help: "The wallet's module, made by tools/build-wasm --wallet; without it the wallet's host has no wallet.")
    var walletModule: String?

    @Option(help: "The module that reads codes from pictures in the browser, made by tools/build-wasm --scanner.")
    var scannerModule: String?

    @Option(help: "The most requests a second of one address prefix, a /24 or a /56, as X-Real-IP names it.")
    var rate = WebSettings.requestsASecondDefault

    @Option(help: "The most requests a second of one address prefix below /vci/, where phones receive codes.")
    var phoneRate = WebSettings.phoneRequestsASecondDefault

    @Option(help: "A second address of this machine alone, for the counts: /metrics.")
    var metrics: String?

    @Option(help: "Unix time in seconds, in place of the clock.")
    var at: UInt64?

    func validate() throws {
        for (name, value) in [("--rate", rate), ("--phone-rate", phoneRate)] {
            guard (1...WebSettings.requestsASecondMax).contains(value) else {
                throw ValidationError("\(name) is a whole number from 1 to \(WebSettings.requestsASecondMax)")
            }
        }
        if let contact = securityContact {
            let isAddress = contact.hasPrefix("mailto:") || contact.hasPrefix("https://")
            guard isAddress, contact.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw ValidationError("--security-contact begins with mailto: or https://")
            }
        }
    }

    func run() async throws {
        let settings = try WebSettings(
            codeHost: host, walletHost: walletHost, socket: try EnvironmentVariable.socket.required(unless: socket),
            tree: tree, log: log, acts: acts,
            root: root.map { RootSource($0) } ?? .folder, users: .own(and: publisher?.number), outbox: outbox,
            securityContact: securityContact, requestsASecond: rate, phoneRequestsASecond: phoneRate,
            nowMilliseconds: clock)
        let assets = try Assets(
            module: try InputFile.module(module), walletModule: try InputFile.module(walletModule),
            scannerModule: try InputFile.module(scannerModule))
        let counts = WebMetrics()
        // Begins before the sockets exist, so that every connection is answered even if the signal comes at once.
        let stop = StopSignals.stream()
        OpenFileLimit.raise()
        let socket = try LoopbackSocket(listen)
        let server = try WebServer(settings, assets, on: socket, metrics: counts, treeChanged: Self.report)
        guard let metrics else {
            StandardStream.output.write("suishen-web: ready on \(socket.text)\n")
            return try await server.run(until: stop)
        }
        let countsSocket = try LoopbackSocket(metrics)
        let countsServer = WebServer(metrics: counts, on: countsSocket)
        StandardStream.output.write("suishen-web: ready on \(socket.text), metrics on \(countsSocket.text)\n")
        let (ending, end) = AsyncStream.makeStream(of: Void.self)
        async let counted: Void = countsServer.run(until: ending)
        try await server.run(until: stop)
        end.finish()
        try await counted
    }

    private static func report(_ error: BundleError?) {
        guard let error else { return StandardStream.error.write("suishen-web: the tree can be used again\n") }
        Diagnostics(command: "suishen-web").warn(
            "the tree cannot be used: \(error.reason) [\(error.code.rawValue)]; \(error.hint)")
    }

    private var clock: @Sendable () -> UInt64 {
        guard let at else { return WallClock.milliseconds }
        return { at * 1000 }
    }
}

extension InputFile {
    private static let moduleByteCountMax = 8 << 20

    /// A module of WebAssembly; nil where none is named.
    static func module(_ path: String?) throws(CommandError) -> [UInt8]? {
        guard let path else { return nil }
        return try read(path, byteCountMax: moduleByteCountMax)
    }
}
