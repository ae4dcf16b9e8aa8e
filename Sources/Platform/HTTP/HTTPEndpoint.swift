/// The address of an HTTP service: a remote one over TCP, or a UNIX socket.
package enum HTTPEndpoint: Sendable, Equatable {
    case remote(RemoteAddress)
    case socket(path: String)

    /// The most bytes of an address.
    package static let byteCountMax = 1024

    /// Reads `https://HOST[:PORT][/PREFIX]`, `unix:PATH`, a path that starts with `/`, or `http` to this machine.
    ///
    /// - Returns: nil for anything else, including `http` to another machine: anybody on the way could answer.
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
        guard let address = RemoteAddress(text), address.isSecure || address.isLoopback else { return nil }
        self = .remote(address)
    }
}
