/// A PNG or JPEG file: its grey picture, and other views of its colours for when grey shows no code.
package struct PictureFile: Sendable {
    /// The luma of its colours, with transparent parts in white.
    package let grey: GreyImage
    /// Whether pixels are missing or may be wrong, because the file is cut short or its data are broken.
    package let isDamaged: Bool
    private let bytes: [UInt8]
    private let format: Format

    private enum Format {
        case png, jpeg
    }

    /// Reads a file; its first bytes tell the format.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `ImageError` if the format is another, the header cannot be read or states too large a picture, or no
    ///   pixel can be read.
    package init(_ bytes: [UInt8]) throws(ImageError) {
        guard bytes.count <= ImageLimits.byteCountMax else {
            throw ImageError(
                code: .imageTooLarge, reason: "the image file has more than \(ImageLimits.byteCountMax) bytes",
                hint: "scale the picture down")
        }
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            format = .png
            (grey, isDamaged) = try PNGReader.read(bytes)
        } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            format = .jpeg
            (grey, isDamaged) = try JPEGReader.read(bytes)
        } else {
            throw ImageError(
                code: .notAnImage, reason: "the file is neither PNG nor JPEG",
                hint: "convert the picture to PNG or JPEG")
        }
        self.bytes = bytes
    }

    /// The views beside the grey one; this reads the file again.
    func colourViews() -> ColourViews {
        switch format {
        case .png: ColourViews(PNGReader.colours(bytes), hasAlpha: true)
        case .jpeg: ColourViews(JPEGReader.colours(bytes), hasAlpha: false)
        }
    }
}
