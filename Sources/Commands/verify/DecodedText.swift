import CommandSupport
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

    /// Why texts of a picture are missing: one error for each split text that cannot be joined.
    static func failures(of scan: Scan, in image: String) -> [CommandError] {
        let splitTexts = scan.splitTexts
        if splitTexts.isEmpty, scan.outcome == .structuredAppend {
            return [
                CommandError(
                    code: scan.outcome.rawValue,
                    reason: "\(image): the picture shows a part of a split text that cannot be read",
                    hint: "take one picture that shows all parts of the text, each of them sharp")
            ]
        }
        guard !splitTexts.isEmpty else { return scan.failure(image).map { [$0] } ?? [] }
        return splitTexts.compactMap { split in
            if case .failure(let fault) = split.payload { error(fault, split, image) } else { nil }
        }
    }

    private static func error(_ fault: SplitText.Fault, _ split: SplitText, _ image: String) -> CommandError {
        let code = Scan.Outcome.structuredAppend.rawValue
        switch fault {
        case .missing(let indices):
            let numbers = indices.map { "\($0 + 1)" }.joined(separator: ", ")
            return CommandError(
                code: code,
                reason: "\(image): part\(indices.count == 1 ? "" : "s") \(numbers) of \(split.count) "
                    + "\(indices.count == 1 ? "is" : "are") not in the picture",
                hint: "take one picture that shows all parts of the text, each of them sharp")
        case .contradictory(let index):
            return CommandError(
                code: code,
                reason: "\(image): two codes with different content are part \(index + 1) of \(split.count)",
                hint: "show the parts of one text only")
        case .wrongParity(let parity):
            return CommandError(
                code: code,
                reason: "\(image): the \(split.count) parts are not of one text: its parity is "
                    + "\(Hex.encode([split.parity])), that of their bytes \(Hex.encode([parity]))",
                hint: "show the parts of one text only")
        case .unreadable:
            return CommandError(
                code: code, reason: "\(image): the \(split.count) parts cannot be read as one text",
                hint: "show the parts of one text only")
        }
    }

    func json(image: String, warnings: [String]) -> JSONValue {
        var fields: JSONObject = [
            "image": .string(image), "text": .string(payload.text), "bytes": .string(Hex.encode(payload.bytes)),
            "corners": Self.json(corners), "warnings": .array(warnings.map(JSONValue.string)),
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
        return .object(fields)
    }

    private static func json(_ corners: ScannedCode.Corners?) -> JSONValue { corners?.json ?? [] }
}

extension ScannedCode.Corners {
    /// The four corners as pairs of pixels from the left and from the top.
    var json: JSONValue {
        .array(all.map { .array([.integer(Int64($0.x)), .integer(Int64($0.y))]) })
    }
}
