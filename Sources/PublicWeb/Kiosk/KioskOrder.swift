import Encoding
import Gate
package import GateRunning

/// A request of the kiosk's page, read from its JSON.
package enum KioskOrder: Sendable {
    case view(ViewObservation, film: String)
    case scan(text: [UInt8])
    case photo(codes: [[UInt8]], unreadCount: Int)

    /// The most codes of one picture, read or unread: as many as a film remembers.
    package static let codeCountMax = FrameTracker.codeCountMax
    /// The lengths of a film's name.
    static let filmByteCounts = 8...64
    /// The largest distance of a corner from the picture's upper left, in pixels.
    static let distanceMax = 1e6
    private static let depthMax = 8

    /// Reads a body.
    ///
    /// - Throws: `json_malformed`, `request_too_long`.
    package init(_ operation: KioskOperation, _ bytes: [UInt8]) throws(WebError) {
        let body: JSONValue
        do throws(JSONError) {
            body = try .parse(bytes, byteCountMax: KioskOperation.byteCountMax, depthMax: Self.depthMax)
        } catch {
            throw Self.malformed("the body is not JSON: \(error.reason)")
        }
        switch operation {
        case .scan:
            guard let text = body["text"]?.string else { throw Self.malformed("text is not a string") }
            self = .scan(text: Array(text.utf8))
        case .photo:
            self = .photo(codes: try Self.codes(body), unreadCount: try Self.unread(body).count)
        case .view:
            guard let isSearched = body["isSearched"]?.bool else { throw Self.malformed("isSearched is not a Boolean") }
            self = .view(
                ViewObservation(
                    codes: try Self.codes(body), unread: try Self.unread(body), isSearched: isSearched),
                film: try Self.film(body))
        }
    }

    /// The payloads, without repetition.
    private static func codes(_ body: JSONValue) throws(WebError) -> [[UInt8]] {
        var codes: [[UInt8]] = []
        for item in try list("codes", of: body) {
            guard let digits = item["bytes"]?.string, let bytes = try? Hex.decode(digits), !bytes.isEmpty,
                bytes.count <= ScannedText.byteCountMax
            else { throw malformed("a code's bytes are not 1 to \(ScannedText.byteCountMax) bytes in hex") }
            if !codes.contains(bytes) { codes.append(bytes) }
        }
        return codes
    }

    private static func unread(_ body: JSONValue) throws(WebError) -> [CodePlace] {
        var places: [CodePlace] = []
        for item in try list("unread", of: body) {
            let points = item.array?.compactMap(point) ?? []
            guard points.count == 4, item.array?.count == 4 else {
                throw malformed("an unread code's corners are not four pairs of numbers")
            }
            places.append(
                CodePlace(upperLeft: points[0], upperRight: points[1], lowerRight: points[2], lowerLeft: points[3]))
        }
        return places
    }

    private static func point(_ value: JSONValue) -> CodePlace.Point? {
        guard let pair = value.array, pair.count == 2, let x = pair[0].number, let y = pair[1].number,
            abs(x) <= distanceMax, abs(y) <= distanceMax
        else { return nil }
        return CodePlace.Point(x: x, y: y)
    }

    private static func list(_ name: String, of body: JSONValue) throws(WebError) -> [JSONValue] {
        guard let items = body[name]?.array else { throw malformed("\(name) is not an array") }
        guard items.count <= codeCountMax else {
            throw WebError(
                .requestTooLong, "\(name) has over \(codeCountMax) members", hint: "send the codes of one picture")
        }
        return items
    }

    private static func film(_ body: JSONValue) throws(WebError) -> String {
        guard let film = body["film"]?.string, filmByteCounts.contains(film.utf8.count),
            film.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else {
            throw malformed(
                "film is not \(filmByteCounts.lowerBound) to \(filmByteCounts.upperBound) letters and digits")
        }
        return film
    }

    private static func malformed(_ reason: String) -> WebError {
        WebError(.jsonMalformed, reason, hint: "load the page again")
    }
}
