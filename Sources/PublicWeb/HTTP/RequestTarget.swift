import Encoding

/// A request's path and query, taken apart (RFC 9112 §3.2.1).
package struct RequestTarget: Sendable, Equatable {
    /// The longest path and query together: the largest code's URL with room for a query.
    package static let byteCountMax = 6144
    package static let parameterCountMax = 16

    /// The parts between the slashes, as they were sent; no path of this service needs percent-encoding.
    package let parts: [String]
    /// The parameters of the query, percent-decoded; each name occurs once.
    package let query: [String: String]

    /// Reads a target in origin form; nil for another form, for bytes that are not visible ASCII, and over the limits.
    package init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= Self.byteCountMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else { return nil }
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        parts = halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2 else {
            query = [:]
            return
        }
        guard let found = Self.parameters(halves[1]) else { return nil }
        query = found
    }

    /// The fields of a form or a query: NAME=VALUE pairs, where `+` is a space.
    static func parameters(_ text: some StringProtocol) -> [String: String]? {
        let spaced = String(text).replacing("+", with: "%20")
        guard spaced.split(separator: "&").count <= parameterCountMax else { return nil }
        return PercentEncoding.parameters(of: spaced)
    }
}
