import ArgumentParser
import Encoding

/// The coordinates of a place, and their datum.
struct CoordinateOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Degrees north.")
    var latitude: Double?

    @Option(parsing: .unconditional, help: "Degrees east.")
    var longitude: Double?

    @Option(help: "The coordinates' datum: cgcs2000 or gcj02.")
    var reference: String?

    /// The request's members.
    var members: [(String, JSONValue?)] {
        [
            ("latitude", latitude.map(JSONValue.number)), ("longitude", longitude.map(JSONValue.number)),
            ("reference", reference.map(JSONValue.string)),
        ]
    }
}
