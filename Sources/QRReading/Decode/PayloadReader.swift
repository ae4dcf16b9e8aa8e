import QRStandard

/// Reads the segments of a symbol's bit stream (ISO/IEC 18004 §7.4; Hanzi mode by GB/T 18284).
///
/// Kanji are returned as their Shift JIS bytes, Hanzi as their GB 2312 bytes; nothing else is converted. The declared
/// character sets are returned with the bytes.
struct PayloadReader {
    private var stream = BitStream([])
    private var version = 1
    private var payload: [UInt8] = []
    private var runs: [Payload.Run] = []
    /// The character set that is declared for the next bytes.
    private var characterSet: CharacterSet?
    /// Whether FNC1 was read, in either position: a percent sign in alphanumeric mode is then a separator.
    private var hasFNC1 = false
    /// The place of this symbol among those that share a text.
    private var partHeader: SymbolPart.Header?
    /// Whether the latest symbol has a segment of a mode, or of Hanzi mode's subset, that no standard defines here.
    private(set) var hasUnknownMode = false
    private var recent = RecentPayloads()

    /// Reads a symbol's data codewords.
    mutating func read(_ data: [UInt8], version: Int) -> SymbolDecoder.Answer {
        begin()
        guard readSymbol(data, version: version), !payload.isEmpty else { return .failed }
        if let partHeader {
            return .part(SymbolPart(header: partHeader, bytes: payload, version: version, data: data))
        }
        return .payload(recent.payload(payload, runs))
    }

    /// Reads the symbols of one split text in their order.
    ///
    /// A declared character set and FNC1 hold until the end of the text, not only of their symbol.
    mutating func join(_ parts: [SymbolPart]) -> Payload? {
        begin()
        for part in parts {
            guard readSymbol(part.data, version: part.version) else { return nil }
        }
        return Payload(bytes: payload, runs: runs)
    }

    private mutating func begin() {
        payload.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        (characterSet, hasFNC1) = (nil, false)
    }

    private mutating func readSymbol(_ data: [UInt8], version: Int) -> Bool {
        stream = BitStream(data)
        // Released, so that its owner can write to it without a copy.
        defer { stream = BitStream([]) }
        self.version = version
        (partHeader, hasUnknownMode) = (nil, false)
        return readSegments(bitCount: stream.remainingCount)
    }

    /// Reads segments up to the terminator.
    ///
    /// The padding after it is ignored, since some encoders do not fill it by the standard.
    private mutating func readSegments(bitCount: Int) -> Bool {
        while true {
            let isFirst = stream.remainingCount == bitCount
            // Fewer than four remaining bits are a shortened terminator.
            guard let mode = bits(4), mode != 0 else { return true }
            switch mode {
            case 0b0001: guard readDigits() else { return false }
            case 0b0010: guard readAlphanumeric() else { return false }
            case 0b0100: guard readBytes() else { return false }
            case 0b1000: guard readKanji() else { return false }
            case 0b1101: guard readHanzi() else { return false }
            case 0b0111: guard readCharacterSet() else { return false }
            case 0b0101: hasFNC1 = true
            case 0b1001:
                // The application indicator names the text's format and is not part of the text.
                guard bits(8) != nil else { return false }
                hasFNC1 = true
            case 0b0011:
                // The header stands before everything else.
                guard isFirst, let header = readPartHeader() else { return false }
                partHeader = header
            default:
                hasUnknownMode = true
                return false
            }
        }
    }

    private mutating func bits(_ count: Int) -> Int? { stream.bits(count) }

    private mutating func count(_ mode: SegmentMode) -> Int? { bits(mode.countBitCount(version: version)) }

    /// Begins a run of another character set, unless the set is the same.
    private mutating func begin(_ characterSet: CharacterSet?) {
        guard characterSet != runs.last?.characterSet else { return }
        runs.append(Payload.Run(start: payload.count, characterSet: characterSet))
    }

    private mutating func readDigits() -> Bool {
        begin(nil)
        guard var left = count(.numeric) else { return false }
        while left > 0 {
            let digitCount = min(left, 3)
            guard let value = bits(digitCount * 3 + 1) else { return false }
            var divisor = digitCount == 3 ? 100 : digitCount == 2 ? 10 : 1
            guard value < divisor * 10 else { return false }
            while divisor > 0 {
                payload.append(0x30 + UInt8(value / divisor % 10))
                divisor /= 10
            }
            left -= digitCount
        }
        return true
    }

    private mutating func readAlphanumeric() -> Bool {
        begin(nil)
        guard var left = count(.alphanumeric) else { return false }
        let start = payload.count
        while left > 1 {
            guard let pair = bits(11), pair < 45 * 45 else { return false }
            payload.append(Alphanumeric.characters[pair / 45])
            payload.append(Alphanumeric.characters[pair % 45])
            left -= 2
        }
        if left == 1 {
            guard let single = bits(6), single < 45 else { return false }
            payload.append(Alphanumeric.characters[single])
        }
        if hasFNC1 { separateElements(from: start) }
        return true
    }

    /// Replaces a percent sign by a separator, and two percent signs by one (ISO/IEC 18004 §7.4.8).
    private mutating func separateElements(from start: Int) {
        let percent = UInt8(ascii: "%")
        let written = payload[start...]
        payload.removeSubrange(start...)
        var isSecond = false
        for byte in written {
            if byte == percent, isSecond {
                payload[payload.count - 1] = percent
                isSecond = false
            } else {
                isSecond = byte == percent
                payload.append(isSecond ? Self.groupSeparator : byte)
            }
        }
    }

    private static let groupSeparator: UInt8 = 0x1d

    private mutating func readBytes() -> Bool {
        begin(characterSet)
        guard let byteCount = count(.bytes), byteCount * 8 <= stream.remainingCount else { return false }
        for _ in 0..<byteCount {
            guard let byte = bits(8) else { return false }
            payload.append(UInt8(byte))
        }
        return true
    }

    private mutating func readKanji() -> Bool {
        begin(.shiftJIS)
        guard let characterCount = count(.kanji) else { return false }
        return readPacked(characterCount, PackedCharacter.kanji)
    }

    private mutating func readHanzi() -> Bool {
        begin(.gb18030)
        guard let subset = bits(4) else { return false }
        guard subset == PackedCharacter.hanziSubset else {
            hasUnknownMode = true
            return false
        }
        guard let characterCount = count(.hanzi) else { return false }
        return readPacked(characterCount, PackedCharacter.hanzi)
    }

    private mutating func readPacked(_ characterCount: Int, _ unpack: (Int) -> Int?) -> Bool {
        guard characterCount * PackedCharacter.bitCount <= stream.remainingCount else { return false }
        for _ in 0..<characterCount {
            guard let packed = bits(PackedCharacter.bitCount), let code = unpack(packed) else { return false }
            payload.append(UInt8(code >> 8))
            payload.append(UInt8(code & 0xff))
        }
        return true
    }

    /// Four bits of index, four of the count less one, eight of parity (ISO/IEC 18004 §8).
    private mutating func readPartHeader() -> SymbolPart.Header? {
        guard let index = bits(4), let last = bits(4), let parity = bits(8), index <= last else { return nil }
        return SymbolPart.Header(index: index, count: last + 1, parity: UInt8(parity))
    }

    /// An ECI designator takes one to three bytes (ISO/IEC 18004 table 4).
    private mutating func readCharacterSet() -> Bool {
        guard let first = bits(8) else { return false }
        let number: Int?
        switch first.leadingOnes {
        case 0: number = first
        case 1: number = bits(8).map { (first & 0x3f) << 8 | $0 }
        case 2: number = bits(16).map { (first & 0x1f) << 16 | $0 }
        default: return false
        }
        guard let number else { return false }
        characterSet = .declared(number)
        return true
    }
}

extension Int {
    /// The number of leading ones of a byte.
    fileprivate var leadingOnes: Int { (~UInt8(truncatingIfNeeded: self)).leadingZeroBitCount }
}
