import Encoding
import QRReading

/// A text of a picture: one code's, or joined from the codes that it is split over.
struct DecodedText {
    let payload: Payload
    /// The corners of the text's only code.
    private let corners: ScannedCode.Corners?
    /// The parts of a split text, in their order.
    private let parts: [SplitText.Part]

    /// All texts of a picture: those of single codes, then the joined ones.
    static func all(in scan: Scan) -> [DecodedText] {
        scan.codes.map { DecodedText(payload: $0.payload, corners: $0.corners, parts: []) }
            + scan.splitTexts.compactMap { split in
                try? DecodedText(payload: split.payload.get(), corners: nil, parts: split.parts)
            }
    }

    /// The line of the text, except its picture and the text itself.
    func fields(warnings: [String]) -> JSONObject {
        var fields: JSONObject = [
            "bytes": .string(Hex.encode(payload.bytes)), "corners": Self.json(corners),
            "warnings": Self.json(warnings),
        ]
        if !parts.isEmpty {
            fields["parts"] = .array(
                parts.map { part in
                    let header = part.symbol.header
                    return [
                        "part": .integer(Int64(header.index + 1)), "of": .integer(Int64(header.count)),
                        "corners": Self.json(part.corners),
                    ]
                })
        }
        return fields
    }

    /// The line of the codes that were seen and not read, except their picture; nil without such codes.
    static func unread(in scan: Scan, warnings: [String]) -> JSONObject? {
        guard !scan.unread.isEmpty else { return nil }
        return ["unread": .array(scan.unread.map { $0.corners.json }), "warnings": json(warnings)]
    }

    private static func json(_ warnings: [String]) -> JSONValue { .array(warnings.map { .string($0) }) }

    private static func json(_ corners: ScannedCode.Corners?) -> JSONValue { corners?.json ?? [] }
}

extension ScannedCode.Corners {
    /// The four corners as pairs of pixels from the left and from the top.
    var json: JSONValue {
        .array(all.map { .array([.integer(Int64($0.x)), .integer(Int64($0.y))]) })
    }
}
