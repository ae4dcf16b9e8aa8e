/// The users who can connect to the daemon's socket; ``RoleTable`` says what each of them may do.
package struct SocketAccess: Sendable, Equatable {
    /// For the daemon's user alone; for its group too; for everybody.
    static let modes: [UInt32] = [0o600, 0o660, 0o666]

    package var mode: UInt32 = 0o600
    /// The socket's group; nil for the daemon's own group.
    package var group: UInt32?

    package init() {}
}
