import Encoding
import ForeignCodes
import Signing
import Storage

/// The newest version of the operator's transit network; an older file would bring a struck authority back.
enum TransitNetworkVersion {
    static let counter = "transit network"

    /// What the registry knows of the networks that bundles were made with.
    struct Known {
        let newest: UInt64
        /// Stands for the content of the network's own version; 0 for none, and after a recovery.
        let content: UInt64

        init(of network: TransitNetwork, in database: any RegistrySnapshot) throws {
            newest = try Registry.value(of: counter, in: database)
            content = try Registry.value(of: contentCounter(network.version), in: database)
        }
    }

    /// Remembers a network's version and content.
    ///
    /// Throws `transit_network_old` as ``check(_:against:)`` does. A file without a version counts as 0, and its content
    /// is not remembered.
    static func take(_ network: TransitNetwork, _ registry: Registry, in database: any RegistryTransaction) throws {
        try check(network, against: Known(of: network, in: database))
        guard network.version > 0 else { return }
        try registry.raise(counter, to: network.version, in: database)
        try registry.raise(contentCounter(network.version), to: content(network), in: database)
    }

    /// Refuses a network older than the newest that a bundle was made with, or the same version with other content.
    ///
    /// It remembers nothing. Throws `transit_network_old`.
    static func check(_ network: TransitNetwork, against known: Known) throws(OperationError) {
        guard network.version >= known.newest else {
            throw refusal(network, "bundles were made with version \(known.newest)", above: known.newest)
        }
        guard known.content == 0 || known.content == content(network) else {
            throw refusal(network, "bundles were made with another network of that version", above: known.newest)
        }
    }

    /// The name of the counter that stands for a version's content.
    private static func contentCounter(_ version: UInt64) -> String { "\(counter) \(version)" }

    /// A number above 0 that tells contents apart: 7 bytes of SHA-256.
    private static func content(_ network: TransitNetwork) -> UInt64 {
        let digest = DigestAlgorithm.sha256.digest(Array(network.json.encoded().utf8))
        return digest.prefix(7).reduce(1) { $0 << 8 | UInt64($1) }
    }

    private static func refusal(_ network: TransitNetwork, _ reason: String, above newest: UInt64) -> OperationError {
        OperationError(
            code: .transitNetworkOld, reason: "the transit network has version \(network.version), and \(reason)",
            hint: "put the newest transit-network.json back, or give a new one a version above \(newest)")
    }
}
