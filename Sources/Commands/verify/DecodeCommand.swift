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
            with a hexadecimal number for other control characters. With --paths, every path on stdin gives one line: \
            the picture's texts, separated by tabs and without \\u{…}, or an empty line when nothing was read.
            """)

    private static let pathByteCountMax = 4096

    @Argument(help: "PNG or JPEG pictures; - reads one from stdin.")
    var images: [String] = []

    @Flag(
        help: """
            Print one JSON object a code, with its bytes and corners; and one a picture with the corners of codes that \
            were seen and not read.
            """)
    var json = false

    @Flag(help: "Take the pictures' paths from stdin, one a line.")
    var paths = false

    @OptionGroup var scanning: ScanOptions

    func run() throws {
        // Not in `validate()`, which runs before the parser reports an unknown option.
        guard paths != !images.isEmpty else { throw ValidationError("name pictures, or give their paths with --paths") }
        if paths { return try readPaths() }
        var reader = scanning.reader
        var failure: CommandError?
        for image in images {
            do throws(CommandError) {
                let scan = try reader.scan(image)
                for code in scan.codes { StandardStream.output.write(line(code, image, scan) + "\n") }
                report(scan, image)
                if let cause = scan.failure(image) { throw cause }
            } catch {
                Diagnostics(command: "verify").report(error)
                failure = error
            }
        }
        if let failure { throw ExitCode(failure.status.rawValue) }
    }

    private func line(_ code: ScannedCode, _ image: String, _ scan: Scan) -> String {
        guard json else { return Self.escaped(code.text, forTerminal: true) }
        let value: JSONValue = [
            "image": .string(image), "text": .string(code.text), "bytes": .string(Hex.encode(code.bytes)),
            "corners": code.corners?.json ?? [], "warnings": .array(scan.warnings.map(JSONValue.string)),
        ]
        return value.encoded()
    }

    /// Tells of damage, and of codes that were seen and not read.
    private func report(_ scan: Scan, _ image: String) {
        let diagnostics = Diagnostics(command: "verify")
        if scan.isDamaged {
            diagnostics.warn(
                "\(image): the file is cut short or broken, so some of its pixels are wrong [image_damaged]")
        }
        guard !scan.unread.isEmpty else { return }
        if json {
            let value: JSONValue = [
                "image": .string(image), "unread": .array(scan.unread.map(\.corners.json)),
                "warnings": .array(scan.warnings.map(JSONValue.string)),
            ]
            StandardStream.output.write(value.encoded() + "\n")
        } else if !scan.codes.isEmpty {
            let count = scan.unread.count
            diagnostics.warn(
                "\(image): \(count == 1 ? "another code is" : "\(count) other codes are") seen and cannot be read "
                    + "[unreadable]")
        }
    }

    private func readPaths() throws {
        try PictureReader.loadLibraries()
        var reader = scanning.reader
        var lines = try LineReader(path: "-", byteCountMax: Self.pathByteCountMax)
        while let line = try lines.next() {
            var texts: [String] = []
            if case .text(let bytes) = line, let scan = try? reader.scan(String(decoding: bytes, as: UTF8.self)) {
                texts = scan.codes.map { Self.escaped($0.text, forTerminal: false) }
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

extension ScannedCode.Corners {
    /// The four corners as pairs of pixels from the left and from the top.
    fileprivate var json: JSONValue {
        .array(all.map { .array([.integer(Int64($0.x)), .integer(Int64($0.y))]) })
    }
}
