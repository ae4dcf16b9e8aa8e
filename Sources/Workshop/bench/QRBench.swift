import QRStandard
import ArgumentParser
import CQREncode
import Encoding
import Glibc
import QRDrawing

/// Measures the symbols drawn in a second beside libqrencode, which chooses its own mask; writes pictures for libpng.
struct QRBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qr", abstract: "Draw QR codes, beside libqrencode, which chooses its own mask, in the same run.")

    @Option(help: "The number of rounds, libqrencode's and ours in turn; the best of each counts.")
    var rounds = 5

    @Option(help: "A folder for one PNG for each text length; a file beside it holds its byte count and microseconds.")
    var pictures: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        for length in [200, 300, 400] {
            let text = Self.text(length)
            let bytes = Array(text.utf8)
            var ours = 0.0
            var theirs = 0.0
            for _ in 0..<rounds {
                theirs = max(theirs, ProcessorTime.rate(milliseconds: 150) { Self.drawBare(bytes) })
                ours = try max(ours, ProcessorTime.rate(milliseconds: 150) { _ = try QRSymbol.encode(text) })
            }
            Comparison(name: "QR code, \(length) characters", baseline: "libqrencode", ours: ours, theirs: theirs)
                .print(asJSON: json)
            if let pictures { try timePNG(text, length, folder: pictures) }
        }
    }

    /// Times our PNG writer, and keeps the PNG for a libpng program: Swift cannot call libpng, which needs setjmp.
    private func timePNG(_ text: String, _ length: Int, folder: String) throws {
        let symbol = try QRSymbol.encode(text)
        let png = try symbol.png()
        var best = 0.0
        for _ in 0..<rounds {
            best = try max(best, ProcessorTime.rate(milliseconds: 150) { _ = try symbol.png() })
        }
        try Self.write(png, to: "\(folder)/\(length).png")
        try Self.write(Array("\(png.count) \(1e6 / best)\n".utf8), to: "\(folder)/\(length).ours")
    }

    /// Alphanumeric text that resembles one of our codes: no runs, and every character occurs.
    private static func text(_ length: Int) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
        var state: UInt64 = 1
        return String(
            (0..<length).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            })
    }

    /// Draws by libqrencode in the same mode as ours; the library chooses the mask.
    private static func drawBare(_ bytes: [UInt8]) {
        let input = unsafe QRinput_new2(0, QR_ECLEVEL_M)
        defer { unsafe QRinput_free(input) }
        let added = unsafe QRinput_append(input, QR_MODE_AN, Int32(bytes.count), bytes)
        let code = unsafe QRcode_encodeInput(input)
        // No input reaches this: the bench draws its own text.
        precondition(unsafe added == 0 && code != nil, "libqrencode draws what we draw")
        unsafe QRcode_free(code)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "wb") else { throw ValidationError("\(path) cannot be written") }
        defer { unsafe fclose(file) }
        guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw ValidationError("\(path) cannot be written")
        }
    }
}
