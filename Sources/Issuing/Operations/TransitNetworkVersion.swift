import ForeignCodes
import Storage

/// The newest version of the operator's transit network; an older file would bring a struck authority back.
enum TransitNetworkVersion {
    static let counter = "transit network"

    /// Remembers a network's version.
    ///
    /// Throws `transit_network_old` for a version below the newest; a file without a version counts as 0.
    static func take(_ network: TransitNetwork, _ registry: Registry, in database: any RegistryTransaction) throws {
        try check(network, newest: newest(in: database))
        guard network.version > 0 else { return }
        try registry.raise(counter, to: network.version, in: database)
    }

    /// The newest version that a bundle was made with; 0 for none.
    static func newest(in database: any RegistrySnapshot) throws -> UInt64 {
        try Registry.value(of: counter, in: database)
    }

    /// Refuses a network older than the newest; remembers nothing.
    static func check(_ network: TransitNetwork, newest: UInt64) throws(OperationError) {
        guard network.version >= newest else {
            throw OperationError(
                code: .transitNetworkOld,
                reason: "the transit network has version \(network.version), and bundles were made with version"
                    + " \(newest)",
                hint: "put the newest transit-network.json back, or give a new one a version above \(newest)")
        }
    }
}
