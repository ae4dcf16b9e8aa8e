import ArgumentParser
import CommandSupport
import Encoding
import QRReading

/// Reads codes without verifying them.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Read the QR codes in pictures without verifying them.",
        discussion: """
            Prints one line a code. \\n, \\r, \\t and \\\\ stand for characters that would break the line, and \\u{…} \
            with a hexadecimal number for other control characters. A text that is split over several codes \
            (structured append) is one line where the picture shows all its parts. With --paths, every path on stdin gives one line: \
            the picture's texts, separated by tabs and without \\u{…}, or an empty line when nothing was read.
            """)

    private static let pathByteCountMax = 4096

    @Argument(help: "PNG or JPEG pictures; - reads one from stdin.")
    var images: [String] = []

    @Flag(
        help: """
            Print one JSON object a text, with its bytes, and its code's corners or its parts; and one a picture with \
            the corners of codes that were seen and not read.
            """)
    var json = false

    @Flag(help: "Take the pictures' paths from stdin, one a line.")
    var paths = false

    @Flag(
        name: .customLong("no-zbar"),
        help: "Look with our own reader alone; with --budget none, a picture then always gives the same answer.")
    var leavesZBarOut = false

    @OptionGroup var scanning: ScanOptions

    private var reader: PictureReader { scanning.reader(foreign: leavesZBarOut ? nil : .zbar) }

    func run() throws {
        // Not in `validate()`, which runs before the parser reports an unknown option.
        guard paths != !images.isEmpty else { throw ValidationError("name pictures, or give their paths with --paths") }
        if paths { return try readPaths() }
        var reader = reader
        var failure: CommandError?
        for image in images {
            do throws(CommandError) {
                let scan = try reader.scan(image)
                for text in DecodedText.all(in: scan) { StandardStream.output.write(line(text, image, scan) + "\n") }
                report(scan, image)
                for cause in DecodedText.failures(of: scan, in: image) {
                    Diagnostics(command: "verify").report(cause)
                    failure = cause
                }
            } catch {
                Diagnostics(command: "verify").report(error)
                failure = error
            }
        }
        if let failure { throw ExitCode(failure.status.rawValue) }
    }

    private func line(_ decoded: DecodedText, _ image: String, _ scan: Scan) -> String {
        json
            ? Self.json(decoded, image, scan.warnings).encoded()
            : Self.escaped(decoded.payload.text, forTerminal: true)
    }

    private static func json(_ decoded: DecodedText, _ image: String, _ warnings: [String]) -> JSONValue {
        let names: JSONObject = ["image": .string(image), "text": .string(decoded.payload.text)]
        return .object(JSONObject(names.members + decoded.fields(warnings: warnings).members))
    }

    /// Tells of damage, and of codes that were seen and not read.
    private func report(_ scan: Scan, _ image: String) {
        let diagnostics = Diagnostics(command: "verify")
        if scan.isDamaged {
            diagnostics.warn(
                "\(image): the file is cut short or broken, so some of its pixels are wrong [image_damaged]")
        }
        guard let unread = DecodedText.unread(in: scan, warnings: scan.warnings) else { return }
        if json {
            let name = JSONObject.Member(key: "image", value: .string(image))
            StandardStream.output.write(JSONValue.object(JSONObject([name] + unread.members)).encoded() + "\n")
        } else if !scan.codes.isEmpty {
            let count = scan.unread.count
            diagnostics.warn(
                "\(image): \(count == 1 ? "another code is" : "\(count) other codes are") seen and cannot be read "
                    + "[unreadable]")
        }
    }

    private func readPaths() throws {
        if !leavesZBarOut { try PictureReader.loadLibraries() }
        var reader = reader
        var lines = try LineReader(path: "-", byteCountMax: Self.pathByteCountMax)
        while let line = try lines.next() {
            var texts: [String] = []
            if case .text(let bytes) = line, let scan = try? reader.scan(String(decoding: bytes, as: UTF8.self)) {
                texts = DecodedText.all(in: scan).map { Self.escaped($0.payload.text, forTerminal: false) }
            }
            StandardStream.output.write(texts.joined(separator: "\t") + "\n")
        }
    }

    private static func escaped(_ text: String, forTerminal: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where forTerminal && scalar.isUnseen:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
