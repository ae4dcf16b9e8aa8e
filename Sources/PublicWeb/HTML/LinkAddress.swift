import Encoding

/// An address that a page may lead to: of this service, of the map on a phone, or a mail address.
///
/// No text of a code, an event or a registry chooses the scheme.
struct LinkAddress: Sendable, Equatable {
    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    /// A path of this service; its parts are percent-encoded.
    ///
    /// - Parameters:
    ///   - parts: between the slashes, at least one.
    ///   - query: the parameters.
    ///   - fragment: the place in the page.
    /// - Returns: the address.
    static func path(
        _ parts: [String], query: [(name: String, value: String)] = [], fragment: String? = nil
    ) -> LinkAddress {
        var text = parts.map { "/" + PercentEncoding.encode($0) }.joined()
        let pairs = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        if !pairs.isEmpty { text += "?" + pairs.joined(separator: "&") }
        if let fragment { text += "#" + PercentEncoding.encode(fragment) }
        return LinkAddress(unchecked: text)
    }

    /// A place in the same page.
    static func fragment(_ id: String) -> LinkAddress {
        LinkAddress(unchecked: "#" + PercentEncoding.encode(id))
    }

    /// A point for the phone's own map (RFC 5870), in the datum WGS 84.
    ///
    /// - Parameters:
    ///   - latitudeMicrodegrees: millionths of a degree, north positive.
    ///   - longitudeMicrodegrees: millionths of a degree, east positive.
    /// - Returns: the address.
    static func geo(latitudeMicrodegrees: Int64, longitudeMicrodegrees: Int64) -> LinkAddress {
        LinkAddress(unchecked: "geo:\(Degrees.text(latitudeMicrodegrees)),\(Degrees.text(longitudeMicrodegrees))")
    }

    /// The page of a place on another of this service's hosts.
    ///
    /// - Parameters:
    ///   - host: from the command line.
    ///   - parts: the path.
    ///   - fragment: never sent to a server.
    /// - Returns: the address.
    static func https(host: String, _ parts: [String], fragment: String) -> LinkAddress {
        let path = parts.map { "/" + PercentEncoding.encode($0) }.joined()
        return LinkAddress(unchecked: "https://\(host)\(path)/#\(fragment.filter(isPlain))")
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "=")
    }
}

/// Millionths of a degree as decimal text.
enum Degrees {
    static func text(_ microdegrees: Int64) -> String {
        let whole = microdegrees.magnitude / 1_000_000
        let digits = String(microdegrees.magnitude % 1_000_000)
        let fraction = String(repeating: "0", count: 6 - digits.utf8.count) + digits
        return "\(microdegrees < 0 ? "-" : "")\(whole).\(fraction)"
    }
}
