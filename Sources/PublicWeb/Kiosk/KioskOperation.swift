/// What the kiosk's page asks the gate, each at a path of its own.
package enum KioskOperation: String, Sendable, CaseIterable {
    /// One frame of the camera.
    case view
    /// A hand scanner's text, or a typed one.
    case scan
    /// The codes of one photo.
    case photo

    /// The most bytes of a body: a frame's codes, each in hex, with room to spare.
    package static let byteCountMax = 256 << 10
    static let bodyType = "application/json"

    var path: String { "/\(rawValue)" }
}
