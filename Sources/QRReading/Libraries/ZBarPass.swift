import CZBar

extension ForeignReader {
    /// zbar, loaded at its first look.
    package static let zbar = ForeignReader(
        isAvailable: { ZBarPass.isAvailable }, read: { ZBarPass.read($0, into: &$1) })
}

/// One look of zbar at a grey picture.
///
/// Every pass makes its own scanner: a used one keeps state, and its answers would depend on earlier pictures.
package enum ZBarPass {
    /// Whether zbar is loaded; the first call loads it.
    static var isAvailable: Bool { library != nil }

    /// Loads zbar, for callers that must not go on without it.
    package static func load() throws(ImageError) {
        guard isAvailable else { throw .zbarMissing }
    }

    /// Reads QR codes only: zbar's other decoders take time and have had faults.
    ///
    /// Without zbar nothing is read; see ``isAvailable``.
    static func read(_ picture: PixelBuffer, into sight: inout Sight) {
        guard let zbar = library, let scanner = zbar.image_scanner_create() else { return }
        defer { unsafe zbar.image_scanner_destroy(scanner) }
        guard let image = zbar.image_create() else { return }
        defer { unsafe zbar.image_destroy(image) }
        _ = unsafe zbar.image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        _ = unsafe zbar.image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        _ = unsafe zbar.image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1)
        unsafe zbar.image_set_format(image, greyFormat)
        unsafe zbar.image_set_size(image, UInt32(picture.width), UInt32(picture.height))
        unsafe picture.pixels.withUnsafeBytes { buffer in
            unsafe zbar.image_set_data(image, buffer.baseAddress, UInt(picture.width * picture.height), nil)
            guard unsafe zbar.scan_image(scanner, image) > 0 else { return }
            var symbol = unsafe zbar.image_first_symbol(image)
            while let current = unsafe symbol {
                unsafe add(current, of: zbar, to: &sight)
                unsafe symbol = zbar.symbol_next(current)
            }
        }
    }

    /// zbar's functions, never changed after they are found, so that every thread may read them; nil without zbar.
    private static let library: shim_zbar? = {
        var library = shim_zbar()
        return unsafe shim_zbar_open(&library) ? library : nil
    }()

    private static func add(_ symbol: OpaquePointer, of zbar: shim_zbar, to sight: inout Sight) {
        let isPart = unsafe zbar.symbol_get_type(symbol) != ZBAR_QRCODE || zbar.symbol_first_component(symbol) != nil
        guard !isPart, let data = unsafe zbar.symbol_get_data(symbol) else {
            sight.hasForeignParts = sight.hasForeignParts || isPart
            return
        }
        let byteCount = unsafe Int(zbar.symbol_get_data_length(symbol))
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: byteCount))
        sight.codes.append(ScannedCode(payload: Payload(bytes: bytes), corners: unsafe corners(symbol, of: zbar)))
    }

    /// Converts zbar's order of corners: upper left, lower left, lower right, upper right.
    private static func corners(_ symbol: OpaquePointer, of zbar: shim_zbar) -> ScannedCode.Corners? {
        guard unsafe zbar.symbol_get_loc_size(symbol) == 4 else { return nil }
        func corner(_ index: UInt32) -> ScannedCode.Point {
            unsafe ScannedCode.Point(
                x: Int(zbar.symbol_get_loc_x(symbol, index)), y: Int(zbar.symbol_get_loc_y(symbol, index)))
        }
        return ScannedCode.Corners(
            upperLeft: corner(0), upperRight: corner(3), lowerRight: corner(2), lowerLeft: corner(1))
    }

    /// The format "Y800": one grey byte a pixel.
    private static let greyFormat: UInt = 0x3030_3859
}
