import ArgumentParser
import CommandSupport
import Encoding
import Gate
import GateCommandLine
import HTTPServing
import Platform
import PublicWeb
import Signing

/// `suishen-web gate`.
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Serve a full-screen kiosk on a gate's own machine.",
        discussion: """
            The browser on the same machine reads the codes; this process decides on them exactly as `verify` does, and \
            shares its replay store. It answers requests of its own page alone. The line `suishen-web: ready on ADDRESS` \
            says that it serves: open http://ADDRESS/ in the browser. On SIGTERM it answers the requests in progress, \
            then stops.
            """)

    @OptionGroup var gateOptions: GateOptions

    @Option(help: "The address to listen on, of this machine alone: 127.0.0.1:PORT.")
    var listen: String

    @Option(
        help: """
            The module with which the page reads codes, made by tools/build-wasm --scanner; without it the kiosk takes a \
            hand scanner's texts alone.
            """)
    var scannerModule: String?

    @Option(help: "Unix time in seconds, in place of the clock; the gate's state is then read and never advanced.")
    var at: UInt64?

    func run() async throws {
        let assets = try Assets(module: nil, scannerModule: try InputFile.module(scannerModule))
        var settings = try gateOptions.settings(of: "suishen-web", at: at)
        // People pass one after the other: the few milliseconds of the disk are time that a gate has.
        settings.syncsShowings = true
        // Before it serves there is no page that could show the verdict on an unusable bundle: the error alone is told.
        let gate = try settings.openRunning { _ in }
        let receipts = try settings.receiptKeeper(for: gate.current.gate)
        // Begins before the socket exists, so that every connection is answered even if the signal comes at once.
        let stop = StopSignals.stream()
        OpenFileLimit.raise()
        let socket = try LoopbackSocket(listen)
        let kiosk = KioskGate(
            gate, receipts: receipts, isRecording: gateOptions.recordOptions.record,
            start: Hex.encode(try SystemRandom().bytes(Self.startByteCount)), now: clock)
        let watch = try UpdateWatch(gate, of: "suishen-web", at: at)
        defer { watch.finish() }
        StandardStream.output.write("suishen-web: ready on \(socket.text)\n")
        try await KioskServer(kiosk, assets, on: socket).run(until: stop)
    }

    private static let startByteCount = 8

    private var clock: @Sendable () -> UInt64 {
        guard let at else { return WallClock.seconds }
        return { at }
    }
}
