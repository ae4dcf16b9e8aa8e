import Glibc

/// A TCP socket that only this machine can connect to.
package struct LoopbackSocket: ServedSocket {
    /// The number of connections that the kernel holds until they are accepted.
    private static let backlog: Int32 = 512

    package let descriptor: Int32
    /// The address with its port, also where port 0 had the kernel choose one.
    package let text: String

    /// Binds `127.0.0.1:PORT` or another address of 127.0.0.0/8; port 0 has the kernel choose a port.
    ///
    /// - Throws: `address_invalid` for any other text, `socket_unusable` where the address is taken.
    package init(_ text: String) throws(ServingError) {
        guard var address = Self.address(text) else {
            throw ServingError(
                .addressInvalid, "\(text.prefix(64)) is not an address of this machine alone",
                hint: "give 127.0.0.1:PORT; what faces the network is nginx, see tools/nginx")
        }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        var isOn: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, size) == 0 && listen(descriptor, Self.backlog) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard isBound else {
            let cause = unsafe String(cString: strerror(errno))
            close(descriptor)
            throw ServingError(
                .socketUnusable, "\(text.prefix(64)) cannot be listened on: \(cause)",
                hint: "stop the program that uses the port, or name another one")
        }
        self.descriptor = descriptor
        self.text = "\(text.prefix { $0 != ":" }):\(UInt16(bigEndian: address.sin_port))"
    }

    package var hasWaiting: Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&event, 1, 0) > 0
    }

    /// Does nothing: a port takes connections until it is closed.
    package func remove() {}

    private static func address(_ text: String) -> sockaddr_in? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), String(port) == parts[1] else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1,
            UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127
        else { return nil }
        return address
    }
}
