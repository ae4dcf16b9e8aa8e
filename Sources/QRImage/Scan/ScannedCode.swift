/// One code found in a picture.
package struct ScannedCode: Sendable, Equatable {
    /// A place in the picture, in pixels from its upper left.
    package struct Point: Sendable, Equatable {
        package let x: Int
        package let y: Int

        package init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    /// The payload, byte for byte.
    package let bytes: [UInt8]
    /// The code's corners: where its upper left, upper right, lower right and lower left lie.
    package let corners: [Point]

    package init(bytes: [UInt8], corners: [Point]) {
        self.bytes = bytes
        self.corners = corners
    }

    /// The payload as UTF-8; nil when it is not.
    package var exactText: String? { String(validating: bytes, as: UTF8.self) }

    /// The payload as text: UTF-8 when it is valid, else ISO/IEC 8859-1, the standard's default (ISO/IEC 18004 §7.3.2).
    ///
    /// No other character set is guessed from the bytes.
    package var text: String { exactText ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })) }
}
