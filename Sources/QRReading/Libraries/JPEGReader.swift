import CTurboJPEG

/// Reads JPEG files, grey, colour, CMYK and YCCK, baseline and progressive.
enum JPEGReader {
    /// Reads the grey picture; what the library only warns of is damage, and its pixels are used.
    static func read(_ bytes: [UInt8]) throws(ImageError) -> (GreyImage, isDamaged: Bool) {
        guard let decoder = unsafe tjInitDecompress() else { throw .outOfMemory }
        defer { unsafe tjDestroy(decoder) }
        let header = try unsafe header(bytes, decoder)
        let format = header.isInk ? TJPF_CMYK : TJPF_GRAY
        var pixels = [UInt8](repeating: 255, count: header.width * header.height * (header.isInk ? 4 : 1))
        let isDamaged = try unsafe decode(bytes, decoder, header, format, into: &pixels)
        if header.isInk { pixels = flatten(pixels) }
        guard let image = GreyImage(width: header.width, height: header.height, pixels: pixels) else {
            throw .unreadable("JPEG", "its rows do not match its size")
        }
        return (image, isDamaged)
    }

    /// Reads the colours; nil for a picture without colours, or of inks.
    static func colours(_ bytes: [UInt8]) -> ColourPicture? {
        guard let decoder = unsafe tjInitDecompress() else { return nil }
        defer { unsafe tjDestroy(decoder) }
        guard let header = try? unsafe header(bytes, decoder), header.isColour else { return nil }
        var picture = ColourPicture(width: header.width, height: header.height)
        let isDamaged = try? unsafe decode(bytes, decoder, header, TJPF_RGBA, into: &picture.rgba)
        return isDamaged == nil ? nil : picture
    }

    private struct Header {
        let width, height: Int
        let isInk, isColour: Bool
    }

    private static func header(_ bytes: [UInt8], _ decoder: tjhandle) throws(ImageError) -> Header {
        var (width, height, subsampling, colourSpace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let status = unsafe tjDecompressHeader3(
            decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colourSpace)
        // A warning before the picture's data leaves the header as it is.
        guard unsafe status == 0 || isWarning(decoder) && width > 0 else {
            throw unsafe .unreadable("JPEG", message(decoder))
        }
        // A file may contain tables without a picture.
        guard width > 0, height > 0 else { throw .unreadable("JPEG", "the file contains no picture") }
        try ImageLimits.check(width: Int(width), height: Int(height))
        let isInk = [TJCS_CMYK, TJCS_YCCK].contains { Int32($0.rawValue) == colourSpace }
        return Header(
            width: Int(width), height: Int(height), isInk: isInk,
            isColour: !isInk && colourSpace != Int32(TJCS_GRAY.rawValue))
    }

    /// Decodes the pixels; returns whether the library warned.
    private static func decode(
        _ bytes: [UInt8], _ decoder: tjhandle, _ header: Header, _ format: TJPF, into pixels: inout [UInt8]
    ) throws(ImageError) -> Bool {
        // The limit on scans keeps a small progressive file from taking minutes.
        let status = unsafe tjDecompress2(
            decoder, bytes, UInt(bytes.count), &pixels, Int32(header.width), 0, Int32(header.height), format.rawValue,
            Int32(TJFLAG_LIMITSCANS))
        guard status != 0 else { return false }
        guard unsafe isWarning(decoder) else { throw unsafe .unreadable("JPEG", message(decoder)) }
        return true
    }

    private static func isWarning(_ decoder: tjhandle) -> Bool {
        unsafe tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
    }

    private static func message(_ decoder: tjhandle) -> String { unsafe String(cString: tjGetErrorStr2(decoder)) }

    /// Converts inks to grey; files store inks inverted, so 255 means no ink.
    private static func flatten(_ inks: [UInt8]) -> [UInt8] {
        (0..<(inks.count / 4)).map { index in
            let place = index * 4
            let grey = Luma.grey(red: inks[place], green: inks[place + 1], blue: inks[place + 2])
            return UInt8(truncatingIfNeeded: (UInt32(grey) * UInt32(inks[place + 3]) + 127) / 255)
        }
    }
}
