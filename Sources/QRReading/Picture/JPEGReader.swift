import CTurboJPEG

/// Reads JPEG files, grey, colour, CMYK and YCCK, baseline and progressive.
enum JPEGReader {
    static func read(_ bytes: [UInt8]) throws(ImageError) -> GreyImage {
        guard let decoder = unsafe tjInitDecompress() else { throw .outOfMemory }
        defer { unsafe tjDestroy(decoder) }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colourSpace: Int32 = 0
        let status = unsafe tjDecompressHeader3(
            decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colourSpace)
        guard status == 0 else { throw unsafe .unreadable("JPEG", String(cString: tjGetErrorStr2(decoder))) }
        // A file may contain tables without a picture.
        guard width > 0, height > 0 else { throw .unreadable("JPEG", "the file contains no picture") }
        try ImageLimits.check(width: Int(width), height: Int(height))
        let isInk = colourSpace == Int32(TJCS_CMYK.rawValue) || colourSpace == Int32(TJCS_YCCK.rawValue)
        let format = isInk ? Int32(TJPF_CMYK.rawValue) : Int32(TJPF_GRAY.rawValue)
        var pixels = [UInt8](repeating: 255, count: Int(width) * Int(height) * (isInk ? 4 : 1))
        // The limit on scans keeps a small progressive file from taking minutes.
        let decoded = unsafe tjDecompress2(
            decoder, bytes, UInt(bytes.count), &pixels, width, 0, height, format, Int32(TJFLAG_LIMITSCANS))
        if decoded != 0 {
            let message = unsafe String(cString: tjGetErrorStr2(decoder))
            // Extra bytes from cameras cause a warning only; a file that stops early is broken.
            let isHarmless = unsafe tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
            if !isHarmless || message.contains("remature end") || !hasEnd(bytes) {
                throw .unreadable("JPEG", message)
            }
        }
        if isInk { pixels = flatten(pixels) }
        guard let image = GreyImage(width: Int(width), height: Int(height), pixels: pixels) else {
            throw .unreadable("JPEG", "its rows do not match its size")
        }
        return image
    }

    /// Whether the end marker is near the end of the file; some devices write a few bytes after it.
    private static func hasEnd(_ bytes: [UInt8]) -> Bool {
        let tail = bytes.suffix(1_024)
        return zip(tail, tail.dropFirst()).contains { $0 == 0xff && $1 == 0xd9 }
    }

    /// Converts inks to grey; files store inks inverted, so 255 means no ink.
    private static func flatten(_ inks: [UInt8]) -> [UInt8] {
        (0..<(inks.count / 4)).map { index in
            let place = index * 4
            let grey = Luma.grey(red: inks[place], green: inks[place + 1], blue: inks[place + 2])
            return UInt8(truncatingIfNeeded: (UInt32(grey) * UInt32(inks[place + 3]) + 127) / 255)
        }
    }
}
