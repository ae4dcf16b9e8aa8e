package import Platform

/// The files of a published tree, fetched over HTTP with limits of time and size.
package struct PublishedFiles: Sendable {
    /// One file: new bytes, or the copy that the caller has.
    enum Answer: Equatable {
        case fetched([UInt8], entityTag: String?)
        case unchanged
        case missing
    }

    /// The server's address, by which entity tags are kept.
    let address: String
    private let exchange: HTTPExchange
    private let endpoint: HTTPEndpoint
    private let timeoutMilliseconds: Int

    /// - Parameters:
    ///   - address: the server, for keeping its entity tags.
    ///   - endpoint: the same server.
    ///   - timeoutMilliseconds: the limit of one file, from looking up the host's name to the last byte.
    package init(address: String, endpoint: HTTPEndpoint, timeoutMilliseconds: Int) {
        (self.address, self.endpoint, self.timeoutMilliseconds) = (address, endpoint, timeoutMilliseconds)
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// The same tree, with a limit of one file that is at most this one.
    func limited(toMilliseconds milliseconds: Int) -> PublishedFiles {
        PublishedFiles(
            address: address, endpoint: endpoint, timeoutMilliseconds: min(timeoutMilliseconds, milliseconds))
    }

    /// Fetches a file.
    ///
    /// - Parameters:
    ///   - path: its path in the tree, without a slash at its start.
    ///   - byteCountMax: its most bytes.
    ///   - entityTag: the tag of the copy that the caller has.
    /// - Returns: the file; `missing` for status 404 and 410.
    /// - Throws: ``HTTPExchangeError``; ``SyncError`` `redirected`, `file_missing` or `server_unavailable`.
    func fetch(_ path: String, byteCountMax: Int, unless entityTag: String?) throws -> Answer {
        let response = try exchange.get(path: "/\(path)", byteCountMax: byteCountMax, unless: entityTag)
        switch response.status {
        case 200: return .fetched(response.body, entityTag: response.entityTag)
        case 304 where entityTag != nil: return .unchanged
        case 404, 410: return .missing
        case 300..<400:
            throw SyncError(
                .redirected, "the server answers \(path) with a redirect, status \(response.status)",
                hint: "name with --from the address that has the files themselves")
        case 429, 500...599:
            throw SyncError(
                .serverUnavailable, "the server answers \(path) with status \(response.status)",
                hint: "try again later, and ask who runs the server if this stays")
        default:
            throw Self.missing(path, "status \(response.status)")
        }
    }

    static func missing(_ path: String, _ answer: String) -> SyncError {
        SyncError(
            .fileMissing, "the server does not hand out \(path): \(answer)",
            hint: "check --from: its folder has bundle.cbor, as `suishen publish` writes it")
    }
}
