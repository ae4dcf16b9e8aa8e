import Encoding

/// A path with parameters that a request fills in.
package struct RoutePattern: Sendable {
    private enum Segment: Sendable {
        case literal(Substring)
        case parameter(String)
        case rest(String)
    }

    /// The pattern as written in the table.
    package let text: String
    private let segments: [Segment]
    private let isLiteral: Bool

    /// - Parameter text: starts with `/`; `{name}` stands for one segment, `{name*}` for all remaining segments.
    package init(_ text: String) {
        self.text = text
        segments = Self.split(text).map { word in
            guard word.first == "{", word.last == "}" else { return .literal(word) }
            let name = word.dropFirst().dropLast()
            return name.last == "*" ? .rest(String(name.dropLast())) : .parameter(String(name))
        }
        isLiteral = !text.contains("{")
    }

    /// The names of the parameters.
    var parameters: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    /// The values of the parameters in a path, percent-decoded; nil when the path does not match.
    func match(_ path: String) -> [String: String]? {
        if isLiteral { return path == text ? [:] : nil }
        var unread = Self.split(path)[...]
        var found: [String: String] = [:]
        for segment in segments {
            switch segment {
            case .literal(let word):
                guard unread.popFirst() == word else { return nil }
            case .parameter(let name):
                guard let word = unread.popFirst(), !word.isEmpty, let value = PercentEncoding.decode(word) else {
                    return nil
                }
                found[name] = value
            case .rest(let name):
                guard !unread.isEmpty, let value = PercentEncoding.decode(unread.joined(separator: "/")) else {
                    return nil
                }
                found[name] = value
                unread = []
            }
        }
        return unread.isEmpty ? found : nil
    }

    /// The path with its parameters filled in; nil when a value is missing.
    func filled(_ value: (String) -> String?) -> String? {
        var path = ""
        for segment in segments {
            switch segment {
            case .literal(let word): path += "/" + word
            case .parameter(let name):
                guard let value = value(name), !value.isEmpty else { return nil }
                path += "/" + PercentEncoding.encode(value)
            case .rest(let name):
                guard let value = value(name) else { return nil }
                path += "/" + value.split(separator: "/").map(PercentEncoding.encode).joined(separator: "/")
            }
        }
        return path
    }

    private static func split(_ path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
