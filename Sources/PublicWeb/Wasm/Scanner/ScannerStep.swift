import Encoding
import QRReading

/// One step of the scanner: a function of bytes, and for a film also of the frames before.
enum ScannerStep: Int32 {
    case picture = 1
    case frame = 2
    case reset = 3

    /// Runs the step; its parts are ``InputParts``.
    ///
    /// - Throws: why the step has no result.
    func run(_ parts: InputParts, in film: inout Film) throws(StepFailure) -> JSONValue {
        switch self {
        case .picture: .array(try Self.lines(of: Pixels(parts)))
        case .frame: .object(try film.read(Pixels(parts), flags: parts.bytes(3)))
        case .reset: .object(try film.reset(budgetMilliseconds: parts.number(0, byteCount: 4)))
        }
    }

    /// The lines of `verify decode --json`, without a picture's name, and with the character sets of a text's runs in
    /// place of the text; the budget is none.
    private static func lines(of pixels: Pixels) throws(StepFailure) -> [JSONValue] {
        var scanner = Scanner(limit: nil, foreign: nil)
        let scan = try pixels.scanned(by: &scanner)
        var lines = DecodedText.all(in: scan).map { text in
            var fields = text.fields(warnings: [])
            if !text.payload.runs.isEmpty { fields["runs"] = .array(text.payload.runs.map { $0.json }) }
            return JSONValue.object(fields)
        }
        if let unread = DecodedText.unread(in: scan, warnings: []) { lines.append(.object(unread)) }
        return lines
    }
}

extension Payload.Run {
    /// Where the run begins, and the names of its character sets; the first in which all its bytes are valid counts.
    fileprivate var json: JSONValue {
        [.integer(Int64(start)), .array(characterSet?.names.map { .string($0) } ?? [])]
    }
}
