import CSPNG

/// Reads PNG files of every colour type, depth and interlacing.
enum PNGReader {
    /// Reads the grey picture; of a file that is cut short or broken, the rows that can be read.
    static func read(_ bytes: [UInt8]) throws(ImageError) -> (GreyImage, isDamaged: Bool) {
        var header: Header?
        let result = unsafe withContext(bytes, usesWrongChecksums: false) { context throws(ImageError) in
            let found = try unsafe Self.header(context)
            header = found
            return try unsafe decode(context, found)
        }
        guard case .failure(let error) = result, let header, error.code == .imageUnreadable else {
            return (try result.get(), false)
        }
        guard let picture = rows(of: PNGRepair.withWholeChunks(bytes), header) else { throw error }
        var pixels = [UInt8](repeating: 255, count: header.width * header.height)
        flatten(picture.rgba, into: &pixels, from: 0)
        guard let image = GreyImage(width: header.width, height: header.height, pixels: pixels) else { throw error }
        return (image, true)
    }

    /// Reads the colours; nil for a picture without colours and transparency.
    static func colours(_ bytes: [UInt8]) -> ColourPicture? {
        let result = unsafe withContext(bytes, usesWrongChecksums: false) { context throws(ImageError) in
            try unsafe header(context)
        }
        guard let header = try? result.get(), !header.isGrey || !header.isOpaque else { return nil }
        return rows(of: PNGRepair.withWholeChunks(bytes), header)
    }

    private struct Header {
        let width, height: Int
        let depth: Int
        let isGrey, isOpaque, isInterlaced: Bool
    }

    /// Runs `body` with a context that reads these bytes.
    private static func withContext<Value>(
        _ bytes: [UInt8], usesWrongChecksums: Bool, _ body: (OpaquePointer) throws(ImageError) -> Value
    ) -> Result<Value, ImageError> {
        guard let context = unsafe spng_ctx_new(0) else { return .failure(.outOfMemory) }
        defer { unsafe spng_ctx_free(context) }
        // The context keeps the pointer, so the array's memory must stay in place until the end.
        return unsafe bytes.withUnsafeBytes { buffer -> Result<Value, ImageError> in
            do throws(ImageError) {
                try unsafe check(spng_set_png_buffer(context, buffer.baseAddress, buffer.count))
                unsafe spng_set_image_limits(context, UInt32(ImageLimits.sideMax), UInt32(ImageLimits.sideMax))
                unsafe spng_set_chunk_limits(context, 1 << 20, 4 << 20)
                // Broken ancillary chunks are ignored.
                let critical = usesWrongChecksums ? SPNG_CRC_USE : SPNG_CRC_ERROR
                unsafe spng_set_crc_action(context, Int32(critical.rawValue), Int32(SPNG_CRC_DISCARD.rawValue))
                return .success(try unsafe body(context))
            } catch { return .failure(error) }
        }
    }

    private static func header(_ context: OpaquePointer) throws(ImageError) -> Header {
        var header = spng_ihdr()
        let status = unsafe spng_get_ihdr(context, &header)
        if status == Int32(SPNG_EUSER_WIDTH.rawValue) || status == Int32(SPNG_EUSER_HEIGHT.rawValue) {
            try ImageLimits.check(width: Int(UInt32.max), height: Int(UInt32.max))
        }
        try check(status)
        try ImageLimits.check(width: Int(header.width), height: Int(header.height))
        let colourTypes = [SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA]
        var transparency = spng_trns()
        let isOpaque = unsafe spng_get_trns(context, &transparency) != 0
        return Header(
            width: Int(header.width), height: Int(header.height), depth: Int(header.bit_depth),
            isGrey: header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue),
            isOpaque: isOpaque && !colourTypes.contains { UInt8($0.rawValue) == header.color_type },
            isInterlaced: header.interlace_method != 0)
    }

    private static func decode(_ context: OpaquePointer, _ header: Header) throws(ImageError) -> GreyImage {
        let (width, height) = (header.width, header.height)
        let isPlain = header.isGrey && header.isOpaque && header.depth <= 8
        let pixels =
            if isPlain && header.depth < 8 && !header.isInterlaced {
                try unsafe decodePacked(context, width: width, height: height, depth: header.depth)
            } else if isPlain {
                try unsafe decodeGrey(context, byteCount: width * height)
            } else {
                try unsafe decodeColour(context, width: width, height: height, interlaced: header.isInterlaced)
            }
        guard let image = GreyImage(width: width, height: height, pixels: pixels) else {
            throw .unreadable("PNG", "its rows do not match its size")
        }
        return image
    }

    /// Reads rows until the first that cannot be read; the others stay white.
    ///
    /// - Returns: nil when there is no row at all.
    private static func rows(of bytes: [UInt8], _ header: Header) -> ColourPicture? {
        var picture = ColourPicture(width: header.width, height: header.height)
        var rowCount = 0
        _ = unsafe withContext(bytes, usesWrongChecksums: true) { context throws(ImageError) in
            let flags = Int32(SPNG_DECODE_TRNS.rawValue) | Int32(SPNG_DECODE_PROGRESSIVE.rawValue)
            try unsafe check(spng_decode_image(context, nil, 0, Int32(SPNG_FMT_RGBA8.rawValue), flags))
            let rowBytes = header.width * 4
            while true {
                var info = spng_row_info()
                try unsafe check(spng_get_row_info(context, &info))
                let status = unsafe picture.rgba.withUnsafeMutableBytes { buffer in
                    // A row of an interlaced picture is met several times, and gets a part of its pixels each time.
                    unsafe spng_decode_row(
                        context, buffer.baseAddress.map { unsafe $0 + Int(info.row_num) * rowBytes }, rowBytes)
                }
                if status != Int32(SPNG_EOI.rawValue) { try check(status) }
                rowCount += 1
                if status == Int32(SPNG_EOI.rawValue) { return }
            }
        }
        return rowCount > 0 ? picture : nil
    }

    private static func decodeGrey(_ context: OpaquePointer, byteCount: Int) throws(ImageError) -> [UInt8] {
        var pixels = [UInt8](repeating: 255, count: byteCount)
        try unsafe check(spng_decode_image(context, &pixels, byteCount, Int32(SPNG_FMT_G8.rawValue), 0))
        return pixels
    }

    /// Decodes 1, 2 or 4 bits a pixel, the usual formats of drawn codes, faster than the library does.
    private static func decodePacked(
        _ context: OpaquePointer, width: Int, height: Int, depth: Int
    ) throws(ImageError) -> [UInt8] {
        try unsafe check(
            spng_decode_image(
                context, nil, 0, Int32(SPNG_FMT_PNG.rawValue), Int32(SPNG_DECODE_PROGRESSIVE.rawValue)))
        let pixelsInByte = 8 / depth
        let highest = (1 << depth) - 1
        let spread = (0..<256).flatMap { byte in
            (1...pixelsInByte).map { UInt8((byte >> (8 - $0 * depth) & highest) * 255 / highest) }
        }
        var row = [UInt8](repeating: 0, count: (width + pixelsInByte - 1) / pixelsInByte)
        var pixels = [UInt8](repeating: 255, count: width * height)
        for line in 0..<height {
            try unsafe readRow(context, into: &row, isLast: line == height - 1)
            unsafe pixels.withUnsafeMutableBufferPointer { pixels in
                unsafe spread.withUnsafeBufferPointer { spread in
                    var place = line * width
                    let end = place + width
                    for byte in row {
                        let first = Int(byte) &* pixelsInByte
                        for index in 0..<min(pixelsInByte, end - place) {
                            unsafe pixels[place &+ index] = spread[first &+ index]
                        }
                        place += pixelsInByte
                    }
                }
            }
        }
        return pixels
    }

    private static func decodeColour(
        _ context: OpaquePointer, width: Int, height: Int, interlaced: Bool
    ) throws(ImageError) -> [UInt8] {
        let format = Int32(SPNG_FMT_RGBA8.rawValue)
        let transparent = Int32(SPNG_DECODE_TRNS.rawValue)
        var pixels = [UInt8](repeating: 255, count: width * height)
        if interlaced {
            var colours = [UInt8](repeating: 255, count: width * height * 4)
            try unsafe check(spng_decode_image(context, &colours, colours.count, format, transparent))
            flatten(colours, into: &pixels, from: 0)
            return pixels
        }
        let flags = transparent | Int32(SPNG_DECODE_PROGRESSIVE.rawValue)
        try unsafe check(spng_decode_image(context, nil, 0, format, flags))
        var row = [UInt8](repeating: 255, count: width * 4)
        for line in 0..<height {
            try unsafe readRow(context, into: &row, isLast: line == height - 1)
            flatten(row, into: &pixels, from: line * width)
        }
        return pixels
    }

    /// Reads the next row; after the last one the library returns its end-of-image status.
    private static func readRow(
        _ context: OpaquePointer, into row: inout [UInt8], isLast: Bool
    ) throws(ImageError) {
        let status = unsafe spng_decode_row(context, &row, row.count)
        if status == Int32(SPNG_EOI.rawValue) && isLast { return }
        try check(status)
    }

    private static func flatten(_ colours: [UInt8], into pixels: inout [UInt8], from first: Int) {
        unsafe pixels.withUnsafeMutableBytes { pixels in
            unsafe colours.withUnsafeBytes { colours in
                let greys = unsafe UnsafeMutableRawBufferPointer(rebasing: pixels[first..<(first + colours.count / 4)])
                unsafe Luma.flatten(colours, into: greys)
            }
        }
    }

    private static func check(_ status: Int32) throws(ImageError) {
        guard status != 0 else { return }
        throw unsafe .unreadable("PNG", String(cString: spng_strerror(status)))
    }
}
