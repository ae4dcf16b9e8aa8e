import CSPNG

/// Reads PNG files of every colour type, depth and interlacing.
enum PNGReader {
    static func read(_ bytes: [UInt8]) throws(ImageError) -> GreyImage {
        guard let context = unsafe spng_ctx_new(0) else { throw .outOfMemory }
        defer { unsafe spng_ctx_free(context) }
        // The context keeps the pointer, so the array's memory must stay in place until the end.
        let result = unsafe bytes.withUnsafeBytes { buffer -> Result<GreyImage, ImageError> in
            do throws(ImageError) {
                try unsafe check(spng_set_png_buffer(context, buffer.baseAddress, buffer.count))
                return .success(try unsafe decode(context))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func decode(_ context: OpaquePointer) throws(ImageError) -> GreyImage {
        unsafe spng_set_image_limits(context, UInt32(ImageLimits.sideMax), UInt32(ImageLimits.sideMax))
        unsafe spng_set_chunk_limits(context, 1 << 20, 4 << 20)
        // A wrong checksum of a critical chunk is an error; broken ancillary chunks are ignored.
        unsafe spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_DISCARD.rawValue))
        var header = spng_ihdr()
        let status = unsafe spng_get_ihdr(context, &header)
        if status == Int32(SPNG_EUSER_WIDTH.rawValue) || status == Int32(SPNG_EUSER_HEIGHT.rawValue) {
            try ImageLimits.check(width: Int(UInt32.max), height: Int(UInt32.max))
        }
        try check(status)
        let width = Int(header.width)
        let height = Int(header.height)
        try ImageLimits.check(width: width, height: height)
        var transparency = spng_trns()
        let isOpaque = unsafe spng_get_trns(context, &transparency) != 0
        let isGrey = header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue) && header.bit_depth <= 8
        let pixels =
            if isGrey && isOpaque && header.bit_depth < 8 && header.interlace_method == 0 {
                try unsafe decodePacked(context, width: width, height: height, depth: Int(header.bit_depth))
            } else if isGrey && isOpaque {
                try unsafe decodeGrey(context, byteCount: width * height)
            } else {
                try unsafe decodeColour(context, width: width, height: height, interlaced: header.interlace_method != 0)
            }
        guard let image = GreyImage(width: width, height: height, pixels: pixels) else {
            throw .unreadable("PNG", "its rows do not match its size")
        }
        return image
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
        for index in 0..<(colours.count / 4) {
            let place = index * 4
            let grey = Luma.grey(red: colours[place], green: colours[place + 1], blue: colours[place + 2])
            pixels[first + index] = Luma.onWhite(grey, alpha: colours[place + 3])
        }
    }

    private static func check(_ status: Int32) throws(ImageError) {
        guard status != 0 else { return }
        throw unsafe .unreadable("PNG", String(cString: spng_strerror(status)))
    }
}
