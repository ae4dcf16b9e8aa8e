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

    package let payload: Payload
    /// The code's corners: where its upper left, upper right, lower right and lower left lie.
    package let corners: [Point]

    init(payload: Payload, corners: [Point]) {
        self.payload = payload
        self.corners = corners
    }

    /// The payload, byte for byte.
    package var bytes: [UInt8] { payload.bytes }

    /// The payload as text.
    package var text: String { payload.text }
}
