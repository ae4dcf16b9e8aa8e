import Synchronization

/// The client of one connection, which may prove who it is after the connection is set up.
final class ConnectionStanding: Sendable {
    private let state = Mutex<ConnectionServer.Client?>(nil)

    /// The client, as far as it is known.
    var client: ConnectionServer.Client? { state.withLock(\.self) }

    /// Notes the client that the connection begins with, unless it has already proved who it is.
    func begin(_ client: ConnectionServer.Client) {
        state.withLock { if $0 == nil { $0 = client } }
    }

    /// Notes the client that has proved who it is.
    func prove(_ client: ConnectionServer.Client) {
        state.withLock { $0 = client }
    }
}
