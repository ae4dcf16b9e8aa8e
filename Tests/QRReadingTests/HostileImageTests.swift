import Synchronization
import TestSupport
import Testing

@testable import QRReading

@Suite("A hostile picture")
struct HostileImageTests {
    static let files = ["grey.png", "palette.png", "interlaced.png", "transparent.png", "progressive.jpg", "cmyk.jpg"]

    private func bytes(_ name: String) throws -> [UInt8] {
        try ProjectFiles.bytes(ProjectFiles.fixtures + "/scans/" + name)
    }

    @Test("is refused or said to be damaged when it stops early", arguments: files)
    func isDamagedTruncated(name: String) throws {
        let whole = try bytes(name)
        for count in stride(from: 0, to: whole.count * 9 / 10, by: max(1, whole.count / 97)) {
            let isWhole = (try? PictureFile(Array(whole[..<count])))?.isDamaged == false
            #expect(!isWhole, "\(name) cut to \(count) of \(whole.count)")
        }
    }

    @Test("never brings the reader down when bytes are changed", arguments: files)
    func survivesChanges(name: String) throws {
        let whole = try bytes(name)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        var readCount = 0
        for _ in 0..<400 {
            var changed = whole
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                changed[Int(state >> 33) % changed.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            if let image = try? PictureFile(changed).grey {
                readCount += 1
                #expect(image.pixels.count == image.width * image.height)
            }
        }
        #expect(readCount < 400)
    }

    @Test("is refused by its header before any pixel gets memory")
    func isRefusedByHeader() throws {
        // 65,500 pixels a side, checksum included: the header is right, only too large.
        let header: [UInt8] = [
            0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0xff, 0xdc, 0, 0,
            0xff, 0xdc, 8, 0, 0, 0, 0,
        ]
        let checksum = Self.checksum(header.dropFirst(12))
        let file = header + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * $0)) }
        let error = #expect(throws: ImageError.self) { try PictureFile(file) }
        #expect(error?.code == .imageTooLarge)
    }

    @Test("of one row, one column or one pixel holds no code", arguments: [(1, 1), (1, 65_535), (65_535, 1), (20, 20)])
    func isTooNarrow(width: Int, height: Int) {
        var scanner = Scanner()
        #expect(scanner.scan(GreyImage(blankOfWidth: width, height: height)).outcome == .noCode)
    }

    @Test(
        "of noise, stripes or finder patterns everywhere gives no text, and is let go when the time is over",
        arguments: 0..<4)
    func givesNoText(kind: Int) {
        var image = GreyImage(blankOfWidth: 640, height: 480)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        unsafe image.withMutablePixels { pixels in
            for index in pixels.indices {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let (row, column) = (index / 640, index % 640)
                let distance = max(abs(row % 40 - 16), abs(column % 40 - 16)) / 4
                unsafe pixels[index] =
                    switch kind {
                    case 0: UInt8(truncatingIfNeeded: state >> 33)
                    case 1: column / 3 % 2 == 0 ? 0 : 255
                    case 2: [0, 0, 255, 0, 255, 255][min(distance, 5)]
                    default: UInt8(truncatingIfNeeded: row ^ column)
                    }
            }
        }
        // Runs by being asked: a scanner that does not ask again and again never stops.
        let asked = Mutex(UInt64(0))
        var scanner = Scanner(budgetMilliseconds: 1) {
            asked.withLock { time in
                time += 10
                return time
            }
        }
        #expect(scanner.scan(image).codes.isEmpty)
        #expect(asked.withLock { $0 } < 10_000, "it was asked no more once the time was over")
    }

    @Test("is refused when it holds tables and no picture")
    func isRefusedWithoutPicture() {
        let error = #expect(throws: ImageError.self) { try PictureFile([0xff, 0xd8, 0xff, 0xd9]) }
        #expect(error?.code == .imageUnreadable)
    }

    @Test("is refused when it is no picture at all", arguments: [[], [0x47, 0x49, 0x46], Array("text".utf8)])
    func isRefusedAsNoPicture(bytes: [UInt8]) {
        let error = #expect(throws: ImageError.self) { try PictureFile(bytes) }
        #expect(error?.code == .notAnImage)
    }

    /// CRC-32 as PNG takes it (RFC 2083 §3.4).
    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }
}
