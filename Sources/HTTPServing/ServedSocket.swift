/// A bound socket that a ``ConnectionServer`` accepts connections from.
package protocol ServedSocket: Sendable {
    /// A listening socket.
    var descriptor: Int32 { get }

    /// Whether a connection waits to be accepted; false where the next process would accept it.
    var hasWaiting: Bool { get }

    /// Keeps new clients from connecting, as far as that goes without closing the socket.
    func remove()
}
