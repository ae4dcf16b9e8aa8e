/// The setting `wallet`: the origin of the pages that show phones' codes.
package enum WalletOrigin: Sendable, Equatable {
    /// No phone receives codes.
    case none
    /// `https://wallet.` before the setting `host`, in lower case.
    case byHost
    /// An origin: scheme, host and perhaps a port.
    case origin(String)

    /// The most bytes of an origin.
    private static let byteCountMax = 270
    /// The hosts that a browser trusts without TLS, beside names under `localhost`.
    private static let localHosts = ["localhost", "127.0.0.1"]

    /// Reads the setting's value.
    init?(_ text: String) {
        switch text {
        case "none": self = .none
        case "host": self = .byHost
        default:
            guard Self.isOrigin(text) else { return nil }
            self = .origin(text)
        }
    }

    /// The value as the settings have it.
    var text: String {
        switch self {
        case .none: "none"
        case .byHost: "host"
        case .origin(let origin): origin
        }
    }

    /// Whether a text is an origin as a browser writes it (RFC 6454 §6.2), with TLS or on this machine.
    private static func isOrigin(_ text: String) -> Bool {
        guard text.utf8.count <= byteCountMax else { return false }
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else { return false }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = String(parts[0])
        guard isHost(host), isSecure || localHosts.contains(host) || host.hasSuffix(".localhost") else { return false }
        guard parts.count == 2 else { return true }
        guard let port = UInt16(parts[1]), String(port) == parts[1] else { return false }
        return port > 0 && port != (isSecure ? 443 : 80)
    }

    private static func isHost(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                    }
            }
    }
}

extension Settings {
    /// The wallet's origin, without a slash at its end; nil where no phone receives codes.
    package var walletOrigin: String? {
        switch wallet {
        case .none: nil
        case .byHost: "https://wallet.\(host.lowercased())"
        case .origin(let origin): origin
        }
    }
}
