package import Platform

/// Where a daemon listens: a socket of this machine, or an address with TLS.
package enum DaemonAddress: Sendable, Equatable {
    case socket(path: String)
    /// Over TLS, with the client's certificate and the only authorities that may vouch for the daemon.
    case remote(RemoteAddress)

    var text: String {
        switch self {
        case .socket(let path): path
        case .remote(let address): address.origin
        }
    }
}
