/// Who can connect to a socket that the daemon binds; what they may ask for is another question.
package struct SocketAccess: Sendable, Equatable {
    /// Its own user; its group too; everybody.
    static let modes: [UInt32] = [0o600, 0o660, 0o666]

    package var mode: UInt32 = 0o600
    /// The group that the socket is given to; nil for the daemon's own.
    package var group: UInt32?

    package init() {}
}
