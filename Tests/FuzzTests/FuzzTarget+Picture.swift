import QRStandard
import CZlib
import Gate
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
        guard let file = try? PictureFile(bytes) else { return }
        precondition(file.grey.pixels.count == file.grey.width * file.grey.height)
        var views = file.colourViews()
        while let view = views.next() { precondition(view.width == file.grey.width && view.height == file.grey.height) }
    }

    /// The bytes as pixels, below one that says how many are in a row, as a picture with many codes.
    static func runWhole(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let width = 64 + Int(first)
        let height = (bytes.count - 1) / width
        guard
            let image = GreyImage(width: width, height: height, pixels: Array(bytes.dropFirst().prefix(width * height)))
        else { return }
        var (picture, pyramid, whole, sight) = (PixelBuffer(), Pyramid(), WholeReader(), Sight())
        picture.load(image)
        pyramid.build(picture, downTo: SymbolLayout.size(version: 1) * 2)
        var freeCount = 1
        for level in 0..<pyramid.count {
            whole.read(
                pyramid[level], factor: Double(2 << level), freeCount: &freeCount, deadline: .none, into: &sight)
        }
        whole.read(picture, factor: 1, freeCount: &freeCount, deadline: .none, into: &sight)
        sight.settleUnread()
        precondition(sight.unread.allSatisfy { !sight.hasRead(at: $0.corners.middle) })
    }

    /// The bytes as a hand scanner's line.
    static func runFraming(_ bytes: [UInt8]) {
        let scanned = ScannedText(bytes)
        precondition(scanned.text.count <= bytes.count)
        guard let payloads = try? scanned.payloads() else { return }
        precondition((1...Verifier.payloadCountMax).contains(payloads.count))
        // What was stripped once is stripped: a second gate that gets the text says the same.
        precondition(payloads.count > 1 || !scanned.text.contains { $0 < 0x20 })
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

    /// The bytes as the data of one to seven symbols of equal length, below one that says the version and how many.
    ///
    /// The parts of split texts among them are joined.
    static func runPayload(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let (version, symbolCount) = (Int(first) % 40 + 1, Int(first) / 40 + 1)
        let data = Array(bytes.dropFirst())
        var (reader, sight) = (PayloadReader(), Sight())
        for index in 0..<symbolCount {
            let range = (data.count * index / symbolCount)..<(data.count * (index + 1) / symbolCount)
            switch reader.read(Array(data[range]), version: version) {
            case .payload(let payload): check(payload, byteCount: bytes.count)
            case .part(let part):
                let corners = ScannedCode.Corners(
                    upperLeft: .init(x: 0, y: 0), upperRight: .init(x: 9, y: 0), lowerRight: .init(x: 9, y: 9),
                    lowerLeft: .init(x: 0, y: 9))
                sight.add(Sight(parts: [SplitText.Part(symbol: part, corners: corners)]))
            case .failed: break
            }
        }
        for split in SplitText.grouped(sight.parts) {
            guard case .success(let payload) = split.payload else { continue }
            check(payload, byteCount: bytes.count)
            precondition(split.parts.count == split.count && payload.bytes.reduce(0, ^) == split.parity)
        }
    }

    private static func check(_ payload: Payload, byteCount: Int) {
        // No mode packs more than three digits into ten bits.
        precondition(payload.bytes.count * 10 <= byteCount * 24)
        precondition(payload.text.utf8.count <= payload.bytes.count * 4)
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
