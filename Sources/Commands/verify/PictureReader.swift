import CommandSupport
import Platform
import QRReading

/// Reads the codes of picture files.
struct PictureReader {
    /// The largest picture file: 40 megapixels of JPEG or PNG stay well below it.
    private static let byteCountMax = 64 << 20

    static let budgetDefault = ScanBudget.milliseconds(150)

    private var scanner: Scanner

    /// - Parameters:
    ///   - budget: the time after which no further look at a picture begins.
    ///   - foreign: the reader beside our own; nil for none.
    init(budget: ScanBudget = Self.budgetDefault, foreign: ForeignReader? = .zbar) {
        scanner = Scanner(limit: budget.limit, foreign: foreign)
    }

    /// Loads at once the libraries that a picture's looks load when they need them.
    ///
    /// For films and lists of pictures, whose answers say nothing about single pictures without a code.
    ///
    /// - Throws: ``CommandError`` with code `library_missing` and exit status 2.
    static func loadLibraries() throws(CommandError) {
        do {
            try ZBarPass.load()
        } catch {
            throw CommandError(undecided: error)
        }
    }

    /// Reads one picture.
    ///
    /// - Parameter path: a PNG or JPEG file, or `-` for stdin.
    /// - Returns: the picture's codes, or the reason why none was read.
    /// - Throws: ``CommandError`` with exit status 2 for a file that is not a readable picture.
    mutating func scan(_ path: String) throws(CommandError) -> Scan {
        let bytes = try InputFile.read(path, byteCountMax: Self.byteCountMax)
        let picture: PictureFile
        do {
            picture = try PictureFile(bytes)
        } catch {
            throw CommandError(undecided: error, in: path)
        }
        return scanner.scan(picture)
    }
}

extension Scan {
    /// The code of the warning about a picture whose file is cut short or broken.
    static let damagedWarning = "image_damaged"

    /// The warnings about the picture, for the verdict.
    var warnings: [String] { isDamaged ? [Self.damagedWarning] : [] }

    /// The error for a picture without a code; nil when a code was read.
    func failure(_ path: String) -> CommandError? {
        switch outcome {
        case .codes: nil
        case .noCode:
            CommandError(
                code: outcome.rawValue, reason: "\(path): there is no QR code in the picture",
                hint: "hold the code so that it fills a third of the picture, with its white border")
        case .unreadable where hasUnknownMode:
            CommandError(
                code: outcome.rawValue,
                reason: "\(path): the QR code has a segment in a mode that this reader does not know",
                hint: "ask the code's issuer for digits, letters, bytes, kanji (JIS) or Hanzi (GB 2312)")
        case .unreadable:
            CommandError(
                code: outcome.rawValue, reason: "\(path): the picture shows a QR code that cannot be read",
                hint: "hold the code still, flat and free of glare, and take another picture")
        case .structuredAppend:
            CommandError(
                code: "unreadable", reason: "\(path): the code holds only one part of a split text",
                hint: "ask for the holder's own code: a Suishen code is always one symbol")
        case .libraryMissing:
            CommandError(undecided: ImageError.zbarMissing, in: path)
        }
    }
}
