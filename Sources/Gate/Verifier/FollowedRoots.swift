import Encoding
import Signing

/// The chain of root documents that a gate follows, as far as its memory needs it.
struct FollowedRoots: Equatable, Sendable {
    /// The newest document that a gate has taken.
    struct Newest: Equatable, Sendable {
        let version: UInt64
        /// SHA-256 of what was signed.
        let digest: [UInt8]

        init(version: UInt64, digest: [UInt8]) {
            (self.version, self.digest) = (version, digest)
        }

        init?(_ item: CBORItem) {
            guard let parts = item.array, parts.count == 2, let version = parts[0].unsigned, version > 0,
                let digest = parts[1].byteString, digest.count == 32
            else { return nil }
            self.init(version: version, digest: digest)
        }

        var item: CBORItem { .array([.unsigned(version), .byteString(digest)]) }
    }

    /// The digest of each document; the version of the last one is their count.
    private let digests: [[UInt8]]
    /// SHA-256 of the SPKI of each root and bundle key of the newest document.
    let keys: Set<[UInt8]>

    init(_ chain: RootChain) {
        digests = chain.digests
        let newest = chain.newest
        keys = Set((newest.roots + newest.bundleKeys.map(\.key)).map(RootSource.digest))
    }

    var newest: Newest { Newest(version: UInt64(digests.count), digest: digests.last ?? []) }

    /// Refuses a chain that is older than the newest document seen, or does not contain it.
    ///
    /// Throws `bundle_rollback`.
    func check(after seen: Newest) throws(BundleError) {
        guard let place = Int(exactly: seen.version), place <= digests.count else {
            throw BundleError(
                code: .rollback,
                reason: "\(RootChain.name) ends with document \(digests.count), and this gate has taken document"
                    + " \(seen.version)",
                hint: "fetch the newest \(RootChain.name) with its bundle")
        }
        guard digests[place - 1] == seen.digest else {
            throw BundleError(
                code: .rollback, reason: "this gate has taken another root document \(seen.version)",
                hint: "keep the gate closed and ask the issuer: its roots have signed two histories")
        }
    }
}
