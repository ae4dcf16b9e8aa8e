/// Converts colour to grey (ITU-R BT.601).
enum Luma {
    @inline(__always)
    static func grey(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt32(red) * 19_595 + UInt32(green) * 38_470 + UInt32(blue) * 7_471 + 32_768) >> 16)
    }

    /// Converts pixels of red, green, blue and alpha, four bytes each, to the grey on a white background.
    ///
    /// - Parameters:
    ///   - colours: four bytes a pixel.
    ///   - greys: gets one byte a pixel, from its first on.
    static func flatten(_ colours: UnsafeRawBufferPointer, into greys: UnsafeMutableRawBufferPointer) {
        // No input reaches this: the pictures' sizes are checked before.
        precondition(colours.count == 4 * greys.count)
        func pixel(_ index: Int) -> UInt32 {
            unsafe UInt32(littleEndian: colours.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
        }
        func grey(_ pixel: UInt32) -> UInt8 {
            Self.grey(
                red: UInt8(truncatingIfNeeded: pixel), green: UInt8(truncatingIfNeeded: pixel &>> 8),
                blue: UInt8(truncatingIfNeeded: pixel &>> 16))
        }
        var common = UInt32.max
        for index in 0..<greys.count { common &= pixel(index) }
        // Photos are opaque, and the loop for them needs no division.
        if common &>> 24 == 255 {
            for index in 0..<greys.count { unsafe greys[index] = grey(pixel(index)) }
        } else {
            for index in 0..<greys.count {
                let pixel = pixel(index)
                unsafe greys[index] = onWhite(grey(pixel), alpha: UInt8(truncatingIfNeeded: pixel &>> 24))
            }
        }
    }

    /// The grey of a transparent pixel on a white background.
    @inline(__always)
    static func onWhite(_ grey: UInt8, alpha: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt32(grey) * UInt32(alpha) + 255 * (255 - UInt32(alpha)) + 127) / 255)
    }
}
