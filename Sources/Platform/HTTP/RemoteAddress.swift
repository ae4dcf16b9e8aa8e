import Glibc

/// The address of a service that is reached over TCP: `http://HOST[:PORT][/PREFIX]`, or `https` for TLS.
package struct RemoteAddress: Sendable, Equatable {
    package let isSecure: Bool
    /// A name, or an IP address without brackets.
    package let host: String
    package let port: UInt16
    /// Comes before every path; without a slash at its end.
    package let prefix: String
    /// PEM certificates of the only authorities that may vouch for the server; nil for the system's.
    package var authorities: [UInt8]?
    /// What the client proves itself by; nil for a service that lets everybody in.
    package var identity: ClientIdentity?

    /// Reads an address; nil for one with a user's name, a query, a fragment, or a host that is no name or IP address.
    package init?(_ text: String) {
        guard text.utf8.count <= HTTPEndpoint.byteCountMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) })
        else { return nil }
        isSecure = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let prefix = rest.dropFirst(authority.count)
        guard !prefix.contains("?"), !prefix.contains("#"),
            let (host, port) = Self.hostAndPort(authority, standardPort: isSecure ? 443 : 80)
        else { return nil }
        (self.host, self.port) = (host, port)
        self.prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : String(prefix)
    }

    /// Whether the address is this machine's own: 127.0.0.0/8, `::1` or `localhost`, which libcurl asks no server for.
    package var isLoopback: Bool {
        var bytes = in6_addr()
        if host.lowercased() == "localhost" { return true }
        if unsafe inet_pton(AF_INET, host, &bytes) == 1 { return host.hasPrefix("127.") }
        return host == "::1"
    }

    /// The address without its prefix.
    package var origin: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    private static func hostAndPort(_ authority: Substring, standardPort: UInt16) -> (String, UInt16)? {
        var host = authority
        var port = standardPort
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits), number > 0 else {
                return nil
            }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("[") && host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            var bytes = in6_addr()
            return unsafe inet_pton(AF_INET6, address, &bytes) == 1 ? (address, port) : nil
        }
        let isName = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
        return isName && !host.isEmpty ? (String(host), port) : nil
    }
}
