/// Converts colour to grey (ITU-R BT.601).
enum Luma {
    @inline(__always)
    static func grey(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt32(red) * 19_595 + UInt32(green) * 38_470 + UInt32(blue) * 7_471 + 32_768) >> 16)
    }

    /// The grey of a transparent pixel on a white background.
    @inline(__always)
    static func onWhite(_ grey: UInt8, alpha: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt32(grey) * UInt32(alpha) + 255 * (255 - UInt32(alpha)) + 127) / 255)
    }
}
