import ArgumentParser
import Glibc
import QRReading

/// Scans one picture after another, so that another program can measure recall and time.
@main
struct ScanBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan-bench",
        abstract: "Read image paths, one a line; print each picture's texts on one line, separated by tabs.")

    @Option(help: "The time limit for one picture, in milliseconds.")
    var budget: UInt64 = 150

    @Flag(help: "Print the outcome and the scan's microseconds before the texts.")
    var timing = false

    @Option(
        help: """
            Show each picture for this many frames of a film, to our own reader alone, and print the median and the \
            mean of their microseconds before the texts.
            """)
    var frames: Int?

    @Flag(help: "Measure the processor's time, which other programs on the machine change little.")
    var processor = false

    func run() throws {
        let clock = processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC
        let microseconds: @Sendable () -> UInt64 = { Self.microseconds(of: clock) }
        var scanner = Scanner(budgetMilliseconds: budget, microseconds: microseconds)
        while let path = readLine() {
            // The measuring program waits for each line.
            defer { fflush(nil) }
            guard let image = Self.image(at: path) else {
                print("")
                continue
            }
            if let frames {
                print(Self.film(of: image.grey, frameCount: max(1, frames), microseconds).joined(separator: "\t"))
                continue
            }
            let start = microseconds()
            let scan = scanner.scan(image)
            let elapsed = microseconds() - start
            let prefix = timing ? ["\(scan.outcome.rawValue)", "\(elapsed)"] : []
            print((prefix + scan.codes.map { Self.escaped($0.text) }).joined(separator: "\t"))
        }
    }

    /// A film of one picture, as a gate reads it: the median and the mean time of its frames, and the texts that came
    /// into view.
    private static func film(
        of image: GreyImage, frameCount: Int, _ microseconds: @escaping @Sendable () -> UInt64
    ) -> [String] {
        let limit = Scanner.Limit(budgetMilliseconds: 15, microseconds: microseconds)
        var film = FilmScanner(Scanner(limit: limit, foreign: nil))
        var times: [UInt64] = []
        var texts: [String] = []
        var seen: Set<[UInt8]> = []
        for _ in 0..<frameCount {
            let start = microseconds()
            let frame = film.read(image, isLate: false) { codes in !codes.allSatisfy(seen.contains) }
            times.append(microseconds() - start)
            for code in frame.scan.codes where seen.insert(code.bytes).inserted { texts.append(escaped(code.text)) }
        }
        times.sort()
        return ["\(times[frameCount / 2])", "\(times.reduce(0, +) / UInt64(frameCount))"] + texts
    }

    private static func image(at path: String) -> PictureFile? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= ImageLimits.byteCountMax {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return try? PictureFile(bytes)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func microseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
