import Glibc
import Platform

/// Exchanges snapshots between the gates of one station over a UNIX socket; each connection receives one snapshot.
package enum ReplayExchange {
    private static let timeoutMilliseconds = 10_000

    /// Fetches another gate's snapshot.
    ///
    /// - Parameter path: the other gate's socket.
    /// - Returns: the showings that its store remembers.
    /// - Throws: `bundle_unreadable` if no gate answers, or the answer is not a snapshot.
    package static func fetch(_ path: String) throws(BundleError) -> ReplaySnapshot {
        var bytes: [UInt8] = []
        do throws(HTTPExchangeError) {
            let connection = try HTTPConnection(socket: path, timeoutMilliseconds: timeoutMilliseconds)
            while true {
                let piece = try connection.receive()
                if piece.isEmpty { break }
                guard bytes.count + piece.count <= ReplaySnapshot.byteCountMax else {
                    throw HTTPExchangeError(.tooLarge, "the answer is longer than a full replay store")
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

    /// Sends a snapshot to every gate that connects, until the process ends.
    ///
    /// - Parameters:
    ///   - store: the store to send.
    ///   - path: the socket to make; the path must be free, and only this user can connect.
    ///   - now: gives seconds since 1970-01-01T00:00:00Z; showings that are over are not sent.
    /// - Throws: `bundle_unreadable` if the socket cannot be made.
    package static func serve(
        _ store: ReplayStore, at path: String, now: @escaping @Sendable () -> UInt64
    ) throws(BundleError) {
        var server = try ReplayServer(store, at: path, peerMilliseconds: timeoutMilliseconds, now: now)
        while true { try server.step() }
    }
}
