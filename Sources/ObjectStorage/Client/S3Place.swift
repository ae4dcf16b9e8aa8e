package import Platform

/// The place of published files in object storage: a service, a bucket in it, and the beginning of every key.
package struct S3Place: Sendable, Equatable {
    /// The bucket's name.
    package let bucket: String
    /// The beginning of every key, with a slash at its end; empty for none.
    package let prefix: String
    /// The region that requests are signed for.
    package let region: String
    /// The address that requests go to.
    package let address: RemoteAddress
    /// Comes before every key in a request's path: `/`, or `/BUCKET/` where the host does not name the bucket.
    let pathPrefix: String

    /// The most bytes of a prefix; a key has at most 1,024 bytes (Amazon S3 User Guide, "Naming objects").
    package static let prefixByteCountMax = 200
    private static let bucketByteCounts = 3...63
    private static let regionByteCountMax = 64

    /// Reads a place.
    ///
    /// - Parameters:
    ///   - location: `s3://BUCKET` or `s3://BUCKET/PREFIX`.
    ///   - endpoint: `https://HOST[:PORT]`, or `https://*.HOST[:PORT]` for a service that is addressed by
    ///     `https://BUCKET.HOST`; `http` only for this machine.
    ///   - region: such as `eu-central-1`.
    ///
    /// Nil when a part is malformed, or `http` would send the files to another machine.
    package init?(_ location: String, endpoint: String, region: String) {
        guard let (bucket, prefix) = Self.bucketAndPrefix(location), Self.isRegion(region),
            let address = Self.address(endpoint, bucket)
        else { return nil }
        (self.bucket, self.prefix, self.region, self.address) = (bucket, prefix, region, address)
        pathPrefix = Self.namesBucketInHost(endpoint) ? "/" : "/\(bucket)/"
    }

    /// Whether a text is a location that ``init(_:endpoint:region:)`` reads.
    package static func isLocation(_ text: String) -> Bool { bucketAndPrefix(text) != nil }

    /// Whether a text is an endpoint that ``init(_:endpoint:region:)`` reads.
    package static func isEndpoint(_ text: String) -> Bool { address(text, "bucket") != nil }

    /// Whether a text can be a region's name.
    package static func isRegion(_ text: String) -> Bool {
        (1...regionByteCountMax).contains(text.utf8.count) && text.utf8.allSatisfy(isLowerDigitOrDash)
    }

    /// The same place with another log's folder below the prefix.
    func inside(_ folder: String) -> String { prefix + folder + "/" }

    /// The path of requests about the bucket itself.
    var bucketPath: String { pathPrefix == "/" ? "/" : String(pathPrefix.dropLast()) }

    /// The Host field of every request (RFC 9110 §7.2), which is signed.
    var host: String {
        let name = address.host.contains(":") ? "[\(address.host)]" : address.host
        return address.port == (address.isSecure ? 443 : 80) ? name : "\(name):\(address.port)"
    }

    private static func bucketAndPrefix(_ location: String) -> (String, String)? {
        guard location.hasPrefix("s3://") else { return nil }
        let parts = location.dropFirst("s3://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard let bucket = parts.first, isBucket(bucket) else { return nil }
        let folders = parts.dropFirst()
        guard folders.allSatisfy(isFolder) else { return nil }
        let prefix = folders.map { $0 + "/" }.joined()
        return prefix.utf8.count <= prefixByteCountMax ? (String(bucket), prefix) : nil
    }

    private static func isBucket(_ text: Substring) -> Bool {
        guard bucketByteCounts.contains(text.utf8.count), let first = text.utf8.first, let last = text.utf8.last else {
            return false
        }
        return text.utf8.allSatisfy { isLowerDigitOrDash($0) || $0 == UInt8(ascii: ".") } && !text.contains("..")
            && [first, last].allSatisfy { isLowerDigitOrDash($0) && $0 != UInt8(ascii: "-") }
    }

    /// Only characters that need no encoding; a folder that begins with a dot would look like one of ours.
    private static func isFolder(_ text: Substring) -> Bool {
        !text.isEmpty && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                isLowerDigitOrDash($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: ".")
            }
    }

    private static func isLowerDigitOrDash(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func namesBucketInHost(_ endpoint: String) -> Bool { endpoint.contains("://*.") }

    private static func address(_ endpoint: String, _ bucket: String) -> RemoteAddress? {
        let plain = endpoint.replacing("://*.", with: "://", maxReplacements: 1)
        guard let service = RemoteAddress(plain), service.prefix.isEmpty, service.isSecure || service.isLoopback else {
            return nil
        }
        guard namesBucketInHost(endpoint) else { return service }
        // A certificate for *.HOST does not cover names with further dots (RFC 6125 §6.4.3).
        guard !service.isSecure || !bucket.contains(".") else { return nil }
        let address = RemoteAddress(plain.replacing("://", with: "://\(bucket).", maxReplacements: 1))
        // Names below localhost are this machine's (RFC 6761 §6.3); other names below an address are anybody's.
        return service.isSecure || address?.host.lowercased().hasSuffix(".localhost") == true ? address : nil
    }
}
