import CSPNG

/// Reads PNG files of every colour type, depth and interlacing.
enum PNGReader {
    static func read(_ bytes: [UInt8]) throws(ImageError) -> GreyImage {
        guard let context = unsafe spng_ctx_new(0) else { throw .outOfMemory }
        defer { unsafe spng_ctx_free(context) }
        // The context keeps the pointer, so the array's memory must hold still until the end.
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
        // The critical checksums stay errors; broken ancillary chunks are of no interest.
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
            if isGrey && isOpaque {
                try unsafe decodeGrey(context, byteCount: width * height)
            } else {
                try unsafe decodeColour(context, width: width, height: height, interlaced: header.interlace_method != 0)
            }
        guard let image = GreyImage(width: width, height: height, pixels: pixels) else {
            throw .unreadable("PNG", "its rows do not add up")
        }
        return image
    }

    private static func decodeGrey(_ context: OpaquePointer, byteCount: Int) throws(ImageError) -> [UInt8] {
        var pixels = [UInt8](repeating: 255, count: byteCount)
        try unsafe check(spng_decode_image(context, &pixels, byteCount, Int32(SPNG_FMT_G8.rawValue), 0))
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
            let status = unsafe spng_decode_row(context, &row, row.count)
            guard status == 0 || (status == Int32(SPNG_EOI.rawValue) && line == height - 1) else {
                try check(status)
                break
            }
            flatten(row, into: &pixels, from: line * width)
        }
        return pixels
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
