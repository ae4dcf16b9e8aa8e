/// What one client can cost the others of a ``ConnectionServer``.
package struct ServingLimits: Sendable {
    /// The most connections at once; one more closes the connection that has been silent longest.
    package let connectionCountMax: Int
    /// The most connections at once of clients without a role.
    package let strangerCountMax: Int
    /// The seconds that a connection may be idle between or within requests.
    package let idleSeconds: Int64
    /// The seconds that a request's head may take from its first byte to its last; nil where clients are trusted.
    package let headSeconds: Int64?
    package let headByteCountMax: Int
    package let headerCountMax: Int
    /// The time for answering open requests after the order to stop.
    package let stopTimeout: Duration

    package init(
        connectionCountMax: Int, strangerCountMax: Int, idleSeconds: Int64, headSeconds: Int64? = nil,
        headByteCountMax: Int, headerCountMax: Int, stopTimeout: Duration
    ) {
        self.connectionCountMax = connectionCountMax
        self.strangerCountMax = strangerCountMax
        self.idleSeconds = idleSeconds
        self.headSeconds = headSeconds
        self.headByteCountMax = headByteCountMax
        self.headerCountMax = headerCountMax
        self.stopTimeout = stopTimeout
    }
}
