import CZBar

/// One look of zbar at a grey picture.
///
/// Every pass makes its own scanner: a used one keeps state, and its answers would depend on earlier pictures.
enum ZBarPass {
    /// Reads QR codes only: zbar's other decoders take time and have had faults.
    static func read(_ picture: PixelBuffer, into sight: inout Sight) {
        guard let scanner = unsafe zbar_image_scanner_create() else { return }
        defer { unsafe zbar_image_scanner_destroy(scanner) }
        guard let image = unsafe zbar_image_create() else { return }
        defer { unsafe zbar_image_destroy(image) }
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1)
        unsafe zbar_image_set_format(image, greyFormat)
        unsafe zbar_image_set_size(image, UInt32(picture.width), UInt32(picture.height))
        unsafe picture.pixels.withUnsafeBytes { buffer in
            unsafe zbar_image_set_data(image, buffer.baseAddress, UInt(picture.width * picture.height), nil)
            guard unsafe zbar_scan_image(scanner, image) > 0 else { return }
            var symbol = unsafe zbar_image_first_symbol(image)
            while let current = unsafe symbol {
                unsafe add(current, to: &sight)
                unsafe symbol = zbar_symbol_next(current)
            }
        }
    }

    private static func add(_ symbol: OpaquePointer, to sight: inout Sight) {
        let isPart = unsafe zbar_symbol_get_type(symbol) != ZBAR_QRCODE || zbar_symbol_first_component(symbol) != nil
        guard !isPart, let data = unsafe zbar_symbol_get_data(symbol) else {
            sight.hasForeignParts = sight.hasForeignParts || isPart
            return
        }
        let byteCount = unsafe Int(zbar_symbol_get_data_length(symbol))
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: byteCount))
        sight.codes.append(ScannedCode(payload: Payload(bytes: bytes), corners: unsafe corners(symbol)))
    }

    /// Converts zbar's order of corners: upper left, lower left, lower right, upper right.
    private static func corners(_ symbol: OpaquePointer) -> ScannedCode.Corners? {
        guard unsafe zbar_symbol_get_loc_size(symbol) == 4 else { return nil }
        func corner(_ index: UInt32) -> ScannedCode.Point {
            unsafe ScannedCode.Point(
                x: Int(zbar_symbol_get_loc_x(symbol, index)), y: Int(zbar_symbol_get_loc_y(symbol, index)))
        }
        return ScannedCode.Corners(
            upperLeft: corner(0), upperRight: corner(3), lowerRight: corner(2), lowerLeft: corner(1))
    }

    /// The format "Y800": one grey byte a pixel.
    private static let greyFormat: UInt = 0x3030_3859
}
