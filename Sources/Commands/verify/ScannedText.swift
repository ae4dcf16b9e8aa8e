import Encoding
import Gate

/// Turns a scanner's line, or a text of the command line, into code payloads.
enum ScannedText {
    private static let hexPrefix = Array("hex:".utf8)

    /// The payload of one code, or the payloads of a window of codes.
    ///
    /// A malformed text stays unchanged, and every source refuses it.
    static func payloads(_ line: [UInt8]) -> [[UInt8]] {
        guard line.first == UInt8(ascii: "[") else { return [payload(line)] }
        guard let items = try? JSONValue.parse(line, byteCountMax: StreamScan.lineByteCountMax, depthMax: 2).array,
            (1...Verifier.payloadCountMax).contains(items.count)
        else { return [line] }
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? texts.map { payload(Array($0.utf8)) } : [line]
    }

    private static func payload(_ text: [UInt8]) -> [UInt8] {
        guard text.starts(with: hexPrefix) else { return text }
        let digits = String(decoding: text.dropFirst(hexPrefix.count), as: UTF8.self)
        guard let bytes = try? Hex.decode(digits), !bytes.isEmpty else { return text }
        return bytes
    }
}
