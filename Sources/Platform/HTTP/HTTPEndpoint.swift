/// The address of an HTTP service: a host and port, or a UNIX socket.
package enum HTTPEndpoint: Sendable, Equatable {
    /// A host's name or address, its port, and the prefix of every path.
    case network(host: String, port: UInt16, prefix: String)
    case socket(path: String)

    /// The most bytes of an address.
    package static let byteCountMax = 1024

    /// Reads `http://HOST[:PORT][/PREFIX]`, `unix:PATH`, or a path that starts with `/`.
    ///
    /// - Returns: nil for anything else, including `https`: no TLS library is linked here.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.byteCountMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        if text.hasPrefix("/") || text.hasPrefix("unix:/") {
            let path = text.hasPrefix("/") ? text : String(text.dropFirst(5))
            guard SocketAddress(path: path) != nil else { return nil }
            self = .socket(path: path)
            return
        }
        guard text.lowercased().hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(7)
        let authority = rest.prefix { $0 != "/" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        let prefix = rest.dropFirst(authority.count)
        self = .network(
            host: host, port: port, prefix: prefix.hasSuffix("/") ? String(prefix.dropLast()) : String(prefix))
    }

    private static func hostAndPort(_ authority: Substring) -> (String, UInt16)? {
        guard !authority.contains("@") else { return nil }
        var host = authority
        var port: UInt16 = 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else { return nil }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }

    var hostField: String {
        switch self {
        case .network(let host, let port, _): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .socket: "localhost"
        }
    }

    var prefix: String {
        switch self {
        case .network(_, _, let prefix): prefix
        case .socket: ""
        }
    }
}
