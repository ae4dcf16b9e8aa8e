import ArgumentParser
import CommandSupport
import Gate
import GateCommandLine
import Glibc
import Platform
import QRReading

/// The default subcommand: decides on images, one text, a scanner's stream or a camera's film.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Decide on the codes in images, in one text, in a scanner's stream or before a camera.",
        discussion: """
            All codes of one image must belong to one holder. A text, or a line of a stream, is one of these: a code's \
            text; hex: and hexadecimal digits for a code that is not text, such as a transit code; or a JSON array of \
            such texts, whose codes must belong to one holder and get one verdict: ["SP1:…","hex:81…"]. What hand \
            scanners put about a code is left out: AIM identifier, STX, ETX, tab, GS, byte order mark. A backslash is \
            a backslash, and another control character in a text is refused. Each verdict of a stream has its line's \
            number, from 1, and the first 8 bytes of the text's SHA-256.

            A camera gives its frames through ffmpeg:

              ffmpeg -loglevel error -f v4l2 -video_size 1280x720 -framerate 30 -i /dev/video0 \\
                -f rawvideo -pix_fmt gray - | verify --bundle DIR --scene SCENE --frames 1280x720
            """)

    @OptionGroup var gateOptions: GateOptions

    @Option(help: "The challenge the phone must have answered, 16 to 32 hexadecimal digits.")
    var challenge: String?

    @OptionGroup var scanning: ScanOptions

    @OptionGroup var foreign: ForeignOptions

    @OptionGroup var issuance: IssuanceOptions

    @Option(help: "One scanned text in place of images.")
    var text: String?

    @Flag(help: "One scanned text a line on stdin, one verdict a line on stdout, in order.")
    var stream = false

    @Flag(
        name: .customLong("nul"),
        help: "With --stream: each scanned text ends with a NUL byte in place of a line feed, as from find -print0.")
    var endsLinesWithNUL = false

    @Option(
        help: ArgumentHelp(
            "Raw frames of 8-bit grey on stdin; a verdict once a code comes into view, again only after it has left.",
            valueName: "WIDTHxHEIGHT"))
    var frames: FrameSize?

    @Option(help: "Unix time in seconds, in place of the clock; the gate's state is then read and never advanced.")
    var at: UInt64?

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    @Flag(help: "Print a line for people in place of JSON.")
    var plain = false

    @Argument(help: "PNG or JPEG files; - reads one from stdin.")
    var images: [String] = []

    /// Checks the combination of options; called after the parser has looked for unknown options, its last step.
    private func checkUsage() throws {
        guard [text != nil, stream, frames != nil, !images.isEmpty].count(where: { $0 }) == 1 else {
            throw ValidationError("give images, or --text, or --stream, or --frames")
        }
        guard foreign.profile == nil || !stream && frames == nil else {
            throw ValidationError("--profile takes texts and images")
        }
        guard issuance.onlineProof == nil || foreign.profile == nil && !stream && frames == nil else {
            throw ValidationError("--online-proof takes texts and images of the issuer's own codes")
        }
        guard stream || !endsLinesWithNUL else { throw ValidationError("--nul belongs to --stream") }
        guard !(json && plain) else { throw ValidationError("--json and --plain exclude each other") }
    }

    func run() throws {
        try checkUsage()
        if let profile = foreign.profile {
            let input = text.map(ForeignOptions.Input.text) ?? .pictures(images)
            throw ExitCode(
                try foreign.run(profile, input, reader: scanning.reader, at: at ?? WallClock.seconds()).rawValue)
        }
        let output = VerdictOutput(isPlain: plain)
        if stream || frames != nil { throw ExitCode(try decideContinuously(output).exitStatus.rawValue) }
        let settings = try gateOptions.settings(of: "verify", at: at, challenge: challenge)
        let gate = try settings.open(output.write)
        let receipts = try settings.receiptKeeper(for: gate)
        let check = try issuance.check()
        var outcome: VerdictOutcome
        var texts: [String] = []
        if let text {
            outcome = gate.decide(text, at: at, receipts: receipts, output)
            texts = [text]
        } else {
            var pictures = PictureScan(
                reader: scanning.reader, gate: gate, receipts: receipts, output: output, at: at)
            outcome = pictures.decide(images)
            if check != nil, outcome == .accept { texts = try images.flatMap { try pictures.texts(in: $0) } }
        }
        if let check, outcome == .accept {
            outcome = check.decide(texts, at: at ?? WallClock.seconds(), isPlain: plain)
        }
        throw ExitCode(outcome.exitStatus.rawValue)
    }
}

extension ScanCommand {
    /// Decides on a stream or a film, and loads later bundles meanwhile.
    private func decideContinuously(_ output: VerdictOutput) throws -> VerdictOutcome {
        let settings = try gateOptions.settings(of: "verify", at: at, challenge: challenge)
        let gate = try settings.openRunning(output.write)
        var output = output
        output.tally = gate.tally
        let receipts = try settings.receiptKeeper(for: gate.current.gate)
        return try UpdateWatch.during(gate, of: "verify", at: at) {
            guard let frames else {
                let terminator: UInt8 = endsLinesWithNUL ? 0 : UInt8(ascii: "\n")
                return StreamScan(
                    gate: gate, receipts: receipts, output: output, at: at, terminator: terminator
                ).run()
            }
            var film = FrameScan(
                gate: gate, scanner: scanning.frameScanner, receipts: receipts, output: output, at: at)
            return film.run(frames)
        }
    }
}

extension VerdictOutcome {
    var exitStatus: ExitStatus {
        switch self {
        case .accept: .success
        case .reject: .failure
        case .undecided: .undecided
        }
    }
}
