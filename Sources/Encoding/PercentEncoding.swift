/// Percent-encoding of text in a path or a query (RFC 3986 §2.1).
package enum PercentEncoding {
    /// The unreserved characters of RFC 3986 §2.3; all others are encoded.
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    package static func encode(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: Hex.encode([byte]).uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The decoded text; nil when two hex digits do not follow a percent sign, or the bytes are not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var unread = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let byte = unread.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard unread.count >= 2,
                let value = try? Hex.decode(String(decoding: unread.prefix(2), as: UTF8.self)).first
            else { return nil }
            bytes.append(value)
            unread = unread.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The parameters of a query; nil when one is malformed or given twice.
    package static func parameters(of query: String) -> [String: String]? {
        var parameters: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = decode(parts[0]), let value = decode(parts[1]),
                parameters.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return parameters
    }
}
