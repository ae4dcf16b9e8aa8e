import Glibc
import Platform

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

    /// Tells whoever connects, until the process ends.
    ///
    /// - Parameters:
    ///   - store: what is told.
    ///   - path: the socket to make; nothing may be there, and only this user can connect.
    /// - Throws: `bundle_unreadable` when the socket cannot be made.
    package static func serve(_ store: ReplayStore, at path: String) throws(BundleError) {
        var server = try ReplayServer(store, at: path, peerMilliseconds: timeoutMilliseconds)
        while true { try server.step() }
    }
}
