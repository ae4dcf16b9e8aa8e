import CZBar

/// One look of zbar at a grey picture.
///
/// Every pass makes its own scanner: a used one keeps random state, so that its answers would depend on the past.
enum ZBarPass {
    struct Found {
        var codes: [ScannedCode] = []
        /// Whether a part of a structured append was seen.
        var hasParts = false
    }

    /// Reads QR codes only: the other decoders cost time and have had faults.
    static func read(_ pixels: [UInt8], width: Int, height: Int) -> Found {
        guard let scanner = unsafe zbar_image_scanner_create() else { return Found() }
        defer { unsafe zbar_image_scanner_destroy(scanner) }
        guard let image = unsafe zbar_image_create() else { return Found() }
        defer { unsafe zbar_image_destroy(image) }
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1)
        unsafe zbar_image_set_format(image, greyFormat)
        unsafe zbar_image_set_size(image, UInt32(width), UInt32(height))
        var found = Found()
        unsafe pixels.withUnsafeBytes { buffer in
            unsafe zbar_image_set_data(image, buffer.baseAddress, UInt(width * height), nil)
            guard unsafe zbar_scan_image(scanner, image) > 0 else { return }
            var symbol = unsafe zbar_image_first_symbol(image)
            while let current = unsafe symbol {
                unsafe add(current, to: &found)
                unsafe symbol = zbar_symbol_next(current)
            }
        }
        return found
    }

    private static func add(_ symbol: OpaquePointer, to found: inout Found) {
        let isPart = unsafe zbar_symbol_get_type(symbol) != ZBAR_QRCODE || zbar_symbol_first_component(symbol) != nil
        guard !isPart, let data = unsafe zbar_symbol_get_data(symbol) else {
            found.hasParts = found.hasParts || isPart
            return
        }
        let byteCount = unsafe Int(zbar_symbol_get_data_length(symbol))
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: byteCount))
        // zbar goes round the other way: upper left, lower left, lower right, upper right.
        let order: [UInt32] = unsafe zbar_symbol_get_loc_size(symbol) == 4 ? [0, 3, 2, 1] : []
        let corners = order.map { corner in
            unsafe ScannedCode.Point(
                x: Int(zbar_symbol_get_loc_x(symbol, corner)), y: Int(zbar_symbol_get_loc_y(symbol, corner)))
        }
        found.codes.append(ScannedCode(payload: Payload(bytes: bytes), corners: corners))
    }

    /// "Y800", one grey byte a pixel.
    private static let greyFormat: UInt = 0x3030_3859
}
