import Glibc

/// Snapshots between the gates of one station, over a UNIX socket: whoever connects is told all, once.
package enum ReplayExchange {
    private static let timeoutMilliseconds = 10_000

    /// Asks another gate.
    ///
    /// - Parameter path: the socket it listens on.
    /// - Returns: what its store remembers.
    /// - Throws: `bundle_unreadable` when nobody answers, or with something else.
    package static func fetch(_ path: String) throws(BundleError) -> ReplaySnapshot {
        var bytes: [UInt8] = []
        do throws(HTTPExchangeError) {
            let connection = try HTTPConnection(.socket(path: path), timeoutMilliseconds: timeoutMilliseconds)
            while true {
                let piece = try connection.receive()
                if piece.isEmpty { break }
                guard bytes.count + piece.count <= ReplaySnapshot.byteCountMax else {
                    throw HTTPExchangeError(.tooLarge, "more than a replay store holds")
                }
                bytes += piece
            }
        } catch {
            throw BundleError(
                code: .unreadable, reason: "the gate at \(path) cannot be asked: \(error.reason)",
                hint: "check that `verify replay serve` runs there")
        }
        return try ReplaySnapshot(bytes)
    }

    /// Tells whoever connects, one after another, until the process ends.
    ///
    /// - Parameters:
    ///   - store: what is told.
    ///   - path: the socket to make; nothing may be there, and only this user can connect.
    /// - Throws: `bundle_unreadable` when the socket cannot be made.
    package static func serve(_ store: ReplayStore, at path: String) throws(BundleError) {
        let listener = try listen(at: path)
        defer { close(listener) }
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                guard errno == EINTR || errno == ECONNABORTED else { throw GateFile.unreadable(path) }
                continue
            }
            // A gate that stops reading must not keep the others waiting for ever.
            var limit = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: 0)
            unsafe setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            if let bytes = try? store.snapshot().encoded() { send(bytes, to: client) }
            close(client)
        }
    }

    private static func listen(at path: String) throws(BundleError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard descriptor >= 0, (1...HTTPEndpoint.socketPathByteCountMax).contains(bytes.count) else {
            throw GateFile.unwritable(path)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let mask = umask(0o177)
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        umask(mask)
        guard isBound, Glibc.listen(descriptor, 16) == 0 else {
            close(descriptor)
            throw GateFile.unwritable(path)
        }
        return descriptor
    }

    private static func send(_ bytes: [UInt8], to client: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    client, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            sent += count
        }
    }
}
