import CommandSupport
import Encoding
import QRReading

extension DecodedText {
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
}
