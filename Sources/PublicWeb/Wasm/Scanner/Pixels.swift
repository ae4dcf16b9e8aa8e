import QRReading

/// A picture that the page's script hands over: its width, its height, and one byte of grey or four of red, green, blue
/// and alpha for each pixel.
struct Pixels {
    let width, height: Int
    let bytes: ArraySlice<UInt8>

    /// Reads the first three parts.
    ///
    /// - Throws: `step_misused` for another number of bytes, `image_too_large`.
    init(_ parts: InputParts) throws(StepFailure) {
        let sides = (try parts.number(0, byteCount: 4), try parts.number(1, byteCount: 4))
        (width, height) = (Int(clamping: sides.0), Int(clamping: sides.1))
        bytes = try parts.bytes(2)
        guard width > 0, height > 0 else { throw .misused }
        guard ImageLimits.allow(width: width, height: height) else {
            throw StepFailure(
                "image_too_large",
                "the picture has \(width) × \(height) pixels, more than the limit of \(ImageLimits.pixelCountMax)")
        }
        guard bytes.count == width * height || isColour else { throw .misused }
    }

    private var isColour: Bool { bytes.count == 4 * width * height }

    /// Looks for codes as at a picture file.
    func scanned(by scanner: inout Scanner) throws(StepFailure) -> Scan {
        guard isColour else {
            guard let grey = GreyImage(width: width, height: height, pixels: Array(bytes)) else { throw .misused }
            return scanner.scan(grey)
        }
        guard let picture = ColourPicture(width: width, height: height, rgba: Array(bytes)) else { throw .misused }
        return scanner.scan(picture.grey) { ColourViews(picture, hasAlpha: true) }
    }

    /// Writes the grey into a film's frame, whose memory is kept.
    func load(into frame: inout GreyImage) {
        if frame.width != width || frame.height != height { frame = GreyImage(blankOfWidth: width, height: height) }
        unsafe bytes.withUnsafeBytes { source in
            if isColour {
                unsafe frame.load(rgba: source)
            } else {
                frame.withMutablePixels { unsafe $0.copyMemory(from: source) }
            }
        }
    }
}
