import Encoding

/// Converts texts of the log to the URIs of EPCIS documents, and back.
package enum EPCISIdentifier {
    /// The namespace of members without an EPCIS term; documents declare it as `suishen`.
    package static let namespace = "https://suishen.example/ns/trace#"
    package static let prefix = "suishen"

    private static let objectScheme = "urn:suishen:object:"
    private static let textScheme = "urn:suishen:text:"

    /// `urn:suishen:object:HEX`.
    package static func uri(of object: ObjectID) -> String {
        objectScheme + Hex.encode(object.bytes)
    }

    /// The object that such a URI names; nil for every other URI.
    package static func object(_ uri: String) -> ObjectID? {
        guard uri.hasPrefix(objectScheme), let bytes = try? Hex.decode(uri.dropFirst(objectScheme.utf8.count)) else {
            return nil
        }
        return ObjectID(bytes)
    }

    /// A text as a URI: unchanged if it is one, otherwise percent-encoded after `urn:suishen:text:`.
    static func uri(of text: String) -> String {
        if isURI(text) && !text.hasPrefix(textScheme) { return text }
        return text.utf8.reduce(into: textScheme) { uri, byte in
            if isUnreserved(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += "%" + Hex.encode([byte]).uppercased()
            }
        }
    }

    /// The text behind a URI; nil where its percent-encoding is broken.
    static func text(of uri: String) -> String? {
        guard uri.hasPrefix(textScheme) else { return uri }
        var bytes: [UInt8] = []
        var rest = uri.utf8.dropFirst(textScheme.utf8.count)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isURI(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let first = text.utf8.first, isLetter(first),
            text.utf8.index(after: colon) < text.utf8.endIndex
        else { return false }
        let isScheme = text.utf8[..<colon].allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
        return isScheme && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>\"{}|\\^`".utf8.contains($0) }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }
}
