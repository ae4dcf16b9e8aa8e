import Testing

@testable import QRReading

@Suite("A picture of red, green, blue and alpha")
struct ColourPictureTests {
    /// Pixels of many colours; of every second one the alpha is changed.
    private func picture(alpha: (Int) -> UInt8) throws -> ColourPicture {
        let rgba = (0..<64).flatMap { (index: Int) -> [UInt8] in
            [UInt8(index * 4), UInt8(255 - index * 3), UInt8(index * index % 256), alpha(index)]
        }
        return try #require(ColourPicture(width: 16, height: 4, rgba: rgba))
    }

    @Test("becomes grey pixel by pixel, opaque or not")
    func grey() throws {
        for picture in [try picture { _ in 255 }, try picture { UInt8($0 * 4) }, try picture { $0 == 63 ? 254 : 255 }] {
            let expected = (0..<64).map { index -> UInt8 in
                let pixel = picture.rgba[(4 * index)..<(4 * index + 4)].map { $0 }
                return Luma.onWhite(Luma.grey(red: pixel[0], green: pixel[1], blue: pixel[2]), alpha: pixel[3])
            }
            #expect(picture.grey.pixels == expected)
        }
    }

    @Test("has four bytes a pixel, and as many pixels as a picture may have")
    func size() {
        #expect(ColourPicture(width: 2, height: 2, rgba: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(ColourPicture(width: 0, height: 2, rgba: []) == nil)
        #expect(!ImageLimits.allow(width: 65_535, height: 65_535) && !ImageLimits.allow(width: 1, height: 65_536))
        #expect(ImageLimits.allow(width: 8_000, height: 5_000) && !ImageLimits.allow(width: 8_000, height: 5_001))
    }
}
