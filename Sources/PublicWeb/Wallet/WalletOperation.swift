/// What a phone can ask for under `/vci/`, by the last part of the path.
enum WalletOperation: String, Sendable, CaseIterable {
    case nonce, token, credential, codes, revoke, lost

    /// The first part of the public path.
    static let folder = "vci"
    /// The most bytes of a request's body: a proof for 31 days has about 2,000.
    static let byteCountMax = 8 << 10

    /// The daemon's path.
    var daemonPath: String { "/v1/wallets/\(rawValue)" }
    /// The path as counts name it.
    var publicPath: String { "/\(Self.folder)/\(rawValue)" }
    /// The media type of a request's body.
    var bodyType: String { self == .token ? "application/x-www-form-urlencoded" : "application/json" }
}
