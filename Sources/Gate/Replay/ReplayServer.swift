import Glibc
import Platform

/// Sends a snapshot of a store to each gate that connects to a UNIX socket.
///
/// One thread serves all peers as fast as each reads, so that a slow peer does not delay the others. Each peer's time
/// is limited; if there are too many peers or bytes, the oldest peer is dropped.
struct ReplayServer: ~Copyable {
    /// The most peers that are served at once.
    static let peerCountMax = 16
    /// The most bytes held for all peers: two of the largest snapshots.
    static let byteCountMax = 2 * ReplaySnapshot.byteCountMax
    /// The pause after the system has no descriptor or memory for a peer, and no peer can be dropped.
    private static let retryMilliseconds: Int32 = 100

    private struct Peer {
        let descriptor: Int32
        let bytes: [UInt8]
        let deadlineMilliseconds: Int
        var sentCount = 0

        /// Sends as much as the socket takes now; false after the last byte or an error.
        mutating func send() -> Bool {
            while sentCount < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.send(
                        descriptor, buffer.baseAddress?.advanced(by: sentCount), buffer.count - sentCount,
                        Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return count < 0 && errno == EAGAIN }
                sentCount += count
            }
            return false
        }
    }

    private let store: ReplayStore
    private let path: String
    private let listener: Int32
    private let peerMilliseconds: Int
    /// The peers, oldest first.
    private var peers: [Peer] = []
    /// The last snapshot, and the store's mark when it was made.
    private var lastSnapshot: (mark: UInt64, bytes: [UInt8])?
    /// Seconds since 1970-01-01T00:00:00Z.
    private let now: @Sendable () -> UInt64

    /// Makes the socket at a free path; only this user can connect.
    init(
        _ store: ReplayStore, at path: String, peerMilliseconds: Int, now: @escaping @Sendable () -> UInt64
    ) throws(BundleError) {
        self.now = now
        self.store = store
        self.path = path
        self.peerMilliseconds = peerMilliseconds
        listener = try Self.listen(at: path)
    }

    deinit {
        for peer in peers { close(peer.descriptor) }
        close(listener)
    }

    /// Waits for a ready peer, a new peer or a deadline, and handles it.
    mutating func step() throws(BundleError) {
        var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        entries += peers.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
        let next = peers.first.map { max(0, $0.deadlineMilliseconds - MonotonicClock.milliseconds()) } ?? -1
        guard unsafe poll(&entries, nfds_t(entries.count), Int32(clamping: next)) >= 0 || errno == EINTR else {
            throw GateFile.unreadable(path)
        }
        let now = MonotonicClock.milliseconds()
        for index in peers.indices.reversed() {
            let isReady = entries[index + 1].revents != 0
            if peers[index].deadlineMilliseconds <= now || isReady && !peers[index].send() { drop(index) }
        }
        if entries[0].revents != 0 { try admit(at: now) }
    }

    private mutating func admit(at now: Int) throws(BundleError) {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else {
            switch errno {
            case EINTR, EAGAIN, ECONNABORTED: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                if peers.isEmpty { _ = poll(nil, 0, Self.retryMilliseconds) } else { drop(0) }
                return
            default: throw GateFile.unreadable(path)
            }
        }
        guard let bytes = try? snapshot() else {
            close(descriptor)
            return
        }
        peers.append(Peer(descriptor: descriptor, bytes: bytes, deadlineMilliseconds: now + peerMilliseconds))
        while peers.count > Self.peerCountMax || peers.reduce(0, { $0 + $1.bytes.count }) > Self.byteCountMax {
            drop(0)
        }
    }

    /// The store's snapshot in bytes, made again only if the store has changed.
    private mutating func snapshot() throws(BundleError) -> [UInt8] {
        let mark = try store.mark()
        if let lastSnapshot, lastSnapshot.mark == mark { return lastSnapshot.bytes }
        let bytes = try store.snapshot(at: now()).encoded()
        lastSnapshot = (mark, bytes)
        return bytes
    }

    private mutating func drop(_ index: Int) {
        close(peers.remove(at: index).descriptor)
    }

    private static func listen(at path: String) throws(BundleError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        guard let address = SocketAddress(path: path) else {
            throw .malformed("a socket's path has 1 to \(SocketAddress.pathByteCountMax) bytes")
        }
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw GateFile.unwritable(path) }
        let mask = umask(0o177)
        let isBound = unsafe address.withPointer { unsafe bind(descriptor, $0, $1) == 0 }
        umask(mask)
        guard isBound, Glibc.listen(descriptor, SOMAXCONN) == 0 else {
            let refusal = GateFile.unwritable(path)
            close(descriptor)
            throw refusal
        }
        return descriptor
    }
}
