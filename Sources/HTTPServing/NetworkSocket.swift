import Glibc

/// A TCP socket that other machines can connect to.
package struct NetworkSocket: ServedSocket {
    /// The number of connections that the kernel holds until they are accepted.
    private static let backlog: Int32 = 512

    package let descriptor: Int32
    /// The address with its port, also where port 0 had the kernel choose one.
    package let text: String

    /// Binds `ADDRESS:PORT` or `[ADDRESS]:PORT`; port 0 has the kernel choose a port.
    ///
    /// - Throws: `address_invalid` for any other text, `socket_unusable` where the address is taken or not this machine's.
    package init(_ text: String) throws(ServingError) {
        guard let (host, port) = Self.hostAndPort(text) else { throw Self.invalid(text) }
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard result == 0, let found = unsafe found else { throw Self.invalid(text) }
        defer { unsafe freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(found.pointee.ai_family, type, 0)
        var isOn: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        let isBound =
            unsafe bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0
            && listen(descriptor, Self.backlog) == 0
        guard isBound, let boundPort = Self.port(of: descriptor) else {
            let cause = unsafe String(cString: strerror(errno))
            close(descriptor)
            throw ServingError(
                .socketUnusable, "\(text.prefix(64)) cannot be listened on: \(cause)",
                hint: "name an address of this machine, and a port that no other program uses")
        }
        self.descriptor = descriptor
        self.text = "\(host.contains(":") ? "[\(host)]" : host):\(boundPort)"
    }

    package var hasWaiting: Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&event, 1, 0) > 0
    }

    /// Does nothing: a port takes connections until it is closed.
    package func remove() {}

    /// Whether a text has the form of an address: an IPv4 address, or an IPv6 address in brackets, and a port.
    package static func isAddress(_ text: String) -> Bool { hostAndPort(text) != nil }

    private static func hostAndPort(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), String(port) == digits else { return nil }
        let host = text[..<colon]
        var bytes = in6_addr()
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            return unsafe inet_pton(AF_INET6, address, &bytes) == 1 ? (address, port) : nil
        }
        return unsafe inet_pton(AF_INET, String(host), &bytes) == 1 ? (String(host), port) : nil
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port = unsafe withUnsafeMutablePointer(to: &storage) { pointer -> UInt16? in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> UInt16? in
                guard unsafe getsockname(descriptor, generic, &size) == 0 else { return nil }
                return unsafe generic.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    // The port lies at the same place for both kinds of address (ip(7), ipv6(7)).
                    unsafe UInt16(bigEndian: $0.pointee.sin6_port)
                }
            }
        }
        return port
    }

    private static func invalid(_ text: String) -> ServingError {
        ServingError(
            .addressInvalid, "\(text.prefix(64)) is not an address with a port",
            hint: "give 192.0.2.1:PORT or [2001:db8::1]:PORT; 0.0.0.0 and [::] stand for every address of this machine")
    }
}
