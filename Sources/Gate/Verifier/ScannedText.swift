import Encoding

/// A scanner's line, or a text of the command line, as code payloads.
package struct ScannedText {
    /// The most bytes of one line; a little more than the largest QR code in hex.
    package static let byteCountMax = 8192

    /// The line without what hand scanners put about a code.
    package let text: ArraySlice<UInt8>

    private static let hexPrefix = Array("hex:".utf8)
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// The symbology identifier of QR codes (ISO/IEC 15424): this and one character.
    private static let symbologyPrefix = Array("]Q".utf8)
    private static let (startOfText, endOfText, endOfTransmission): (UInt8, UInt8, UInt8) = (2, 3, 4)
    private static let (tab, carriageReturn, groupSeparator): (UInt8, UInt8, UInt8) = (9, 13, 29)

    package init(_ line: [UInt8]) {
        var text = line[...]
        if text.starts(with: Self.byteOrderMark) { text.removeFirst(Self.byteOrderMark.count) }
        if text.first == Self.startOfText { text.removeFirst() }
        if text.starts(with: Self.symbologyPrefix), text.count > Self.symbologyPrefix.count {
            text.removeFirst(Self.symbologyPrefix.count + 1)
        }
        while let last = text.last,
            [Self.tab, Self.carriageReturn, Self.endOfText, Self.endOfTransmission, Self.groupSeparator].contains(last)
        {
            text.removeLast()
        }
        self.text = text
    }

    /// The payload of one code, or the payloads of a window of codes.
    ///
    /// A malformed text stays unchanged, and every source refuses it. A control character inside is refused here:
    /// somebody who reads lines would see two scans in one code that holds a line feed.
    package func payloads() throws(Refusal) -> [[UInt8]] {
        guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(
                .malformed, "the text has a control character inside",
                hint: "let the scanner send each code by itself, and a code that is no text as hex: and digits")
        }
        let text = Array(text)
        guard text.first == UInt8(ascii: "[") else { return [Self.payload(text)] }
        guard let items = try? JSONValue.parse(text, byteCountMax: Self.byteCountMax, depthMax: 2).array,
            (1...Verifier.payloadCountMax).contains(items.count)
        else { return [text] }
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? texts.map { Self.payload(Array($0.utf8)) } : [text]
    }

    private static func payload(_ text: [UInt8]) -> [UInt8] {
        guard text.starts(with: hexPrefix) else { return text }
        let digits = String(decoding: text.dropFirst(hexPrefix.count), as: UTF8.self)
        guard let bytes = try? Hex.decode(digits), !bytes.isEmpty else { return text }
        return bytes
    }
}

extension Verifier {
    /// Assesses the payloads of a text, or refuses the text.
    package func assess(_ scanned: ScannedText, at now: UInt64) -> AssessedScan {
        do throws(Refusal) {
            return assess(try scanned.payloads(), at: now)
        } catch {
            return AssessedScan(refused: error, scene: scene.name)
        }
    }
}
