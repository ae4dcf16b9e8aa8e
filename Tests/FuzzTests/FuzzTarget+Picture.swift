import CZlib
import Synchronization

@testable import QRReading

/// What a camera or a picture file brings.
extension FuzzTarget {
    private static let pixelCountMax = 1 << 18

    /// A PNG with its checksums put right, which no mutation would hit; more than a quarter megapixel only takes time.
    static func runImage(_ bytes: [UInt8]) {
        var bytes = bytes
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            let (width, height) = (number(bytes, at: 16), number(bytes, at: 20))
            guard width < 1 << 16, height < 1 << 16, width * height <= pixelCountMax else { return }
            repairChecksums(of: &bytes)
        }
        guard let image = try? PictureFile(bytes).grey else { return }
        precondition(image.pixels.count == image.width * image.height)
    }

    /// The bytes as pixels, below one that says how many are in a row, and how they are looked at.
    ///
    /// The reader of our own sees most of them, and alone: all looks of a scan take fifty times as long.
    static func runScan(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let width = SymbolLayout.size(version: 1) + Int(first) % 64
        let height = (bytes.count - 1) / width
        guard
            let image = GreyImage(width: width, height: height, pixels: Array(bytes.dropFirst().prefix(width * height)))
        else { return }
        guard first >= 192 else {
            var pixels = PixelBuffer()
            pixels.load(image)
            var (look, sight) = (GeometricPass(), Sight())
            look.read(pixels, window: 15, offset: 4, refined: first >= 128, deadline: .none, into: &sight)
            return
        }
        // Runs by being asked, so that an input always takes the same steps.
        let asked = Mutex(UInt64(0))
        var scanner = Scanner(budgetMilliseconds: 1) {
            asked.withLock { time in
                time += 10
                return time
            }
        }
        _ = scanner.scan(image)
    }

    /// The bits as modules, below a byte that says the version.
    static func runSymbol(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let version = Int(first) % 40 + 1
        let size = SymbolLayout.size(version: version)
        var modules = bytes.dropFirst().flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 == 1 } }
        modules.append(contentsOf: [Bool](repeating: false, count: max(0, size * size - modules.count)))
        var decoder = SymbolDecoder()
        _ = decoder.decode(Array(modules.prefix(size * size)), version: version)
    }

    /// The bytes as a symbol's data, below one that says the version.
    static func runPayload(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        var reader = PayloadReader()
        // No mode packs more than three digits into ten bits.
        if case .payload(let payload) = reader.read(Array(bytes.dropFirst()), version: Int(first) % 40 + 1) {
            precondition(payload.bytes.count * 10 <= bytes.count * 24)
            precondition(payload.text.utf8.count <= payload.bytes.count * 4)
        }
    }

    private static func repairChecksums(of bytes: inout [UInt8]) {
        var start = 8
        while start + 12 <= bytes.count {
            let byteCount = number(bytes, at: start)
            let end = start + 8 + byteCount
            guard end + 4 <= bytes.count else { return }
            let sum = unsafe bytes[(start + 4)..<end].withUnsafeBufferPointer { chunk in
                unsafe crc32(0, chunk.baseAddress, UInt32(chunk.count))
            }
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt(24 - 8 * index)) }
            start = end + 4
        }
    }

    private static func number(_ bytes: [UInt8], at place: Int) -> Int {
        guard place + 4 <= bytes.count else { return 0 }
        return bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}
