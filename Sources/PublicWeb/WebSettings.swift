package import Gate
package import Platform

/// What `suishen-web serve` is told on its command line.
package struct WebSettings: Sendable {
    /// The host of codes, in lower case.
    package let codeHost: String
    /// The wallet's host, in lower case; nil where there is one host alone, and codes' pages are isolated for that.
    package let walletHost: String?
    /// The daemon's socket.
    package let socket: String
    /// The published tree.
    package let tree: String
    /// The folder of the published log; nil where its files are asked for over the socket.
    package let log: String?
    /// The folder of the log of the service's own acts, with the issued codes; nil as for ``log``.
    package let acts: String?
    package let root: RootSource
    /// The users who may write the tree and the log.
    package let users: TrustedUsers
    /// Where reports of faults go; nil for no reports.
    package let outbox: String?
    /// The `Contact` of security.txt; nil for none.
    package let securityContact: String?
    /// The requests a second of one address prefix, 1 to 1,000,000, without those of phones.
    package let requestsASecond: UInt64
    /// The requests a second of one address prefix below `/vci/`, 1 to 1,000,000.
    package let phoneRequestsASecond: UInt64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let nowMilliseconds: @Sendable () -> UInt64

    /// Networks of phones put thousands of them behind one prefix; nginx holds each single address to less.
    package static let requestsASecondDefault: UInt64 = 200
    package static let phoneRequestsASecondDefault: UInt64 = 20
    package static let requestsASecondMax: UInt64 = 1_000_000

    /// - Throws: `host_invalid`.
    package init(
        codeHost: String, walletHost: String?, socket: String, tree: String, log: String?, acts: String?,
        root: RootSource, users: TrustedUsers, outbox: String?, securityContact: String?,
        requestsASecond: UInt64 = requestsASecondDefault, phoneRequestsASecond: UInt64 = phoneRequestsASecondDefault,
        nowMilliseconds: @escaping @Sendable () -> UInt64
    ) throws(WebError) {
        for host in [codeHost, walletHost].compactMap(\.self) where !Self.isHost(host) {
            throw WebError(
                .hostInvalid, "\(host.prefix(64)) is not a host name",
                hint: "give letters, digits, dots and hyphens, without a port")
        }
        guard codeHost.lowercased() != walletHost?.lowercased() else {
            throw WebError(
                .hostInvalid, "codes and wallet have one host", hint: "name two hosts, or leave --wallet-host out")
        }
        self.codeHost = codeHost.lowercased()
        self.walletHost = walletHost?.lowercased()
        (self.socket, self.tree, self.log, self.acts) = (socket, tree, log, acts)
        (self.root, self.users, self.outbox, self.securityContact) = (root, users, outbox, securityContact)
        (self.requestsASecond, self.phoneRequestsASecond) = (requestsASecond, phoneRequestsASecond)
        self.nowMilliseconds = nowMilliseconds
    }

    private static func isHost(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
    }
}
