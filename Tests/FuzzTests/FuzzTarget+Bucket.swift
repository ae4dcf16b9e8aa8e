import ObjectStorage
import Platform

/// What object storage answers, and what an operator writes about it.
extension FuzzTarget {
    /// An answer's elements, a credentials file, and a place; what is read keeps its limits.
    static func runBucket(_ bytes: [UInt8]) {
        if let markup = S3Markup(bytes: bytes) {
            precondition(!markup.leaves.isEmpty)
            precondition(markup.leaves.allSatisfy { (1...S3Markup.depthMax).contains($0.path.count) })
        }
        if let credentials = try? S3Credentials(bytes: bytes) {
            precondition(credentials.accessKey.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard parts.count == 3, let place = S3Place(parts[0], endpoint: parts[1], region: parts[2]) else { return }
        precondition(place.prefix.utf8.count <= S3Place.prefixByteCountMax)
        precondition(
            place.address.isSecure || place.address.host.lowercased().hasSuffix(".localhost")
                || place.address.isLoopback)
    }
}
