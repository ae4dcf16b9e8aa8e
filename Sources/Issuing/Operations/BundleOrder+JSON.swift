import Credential
package import Encoding
import Gate

extension IssuingService.BundleOrder {
    /// Reads `{"domains": ["medical", "transit"], "lifetime": SECONDS}`, both of them optional.
    init(_ request: RequestFields) throws(OperationError) {
        var domains: [SealDomain] = []
        for name in try request.optionalStrings("domains") ?? [] {
            guard let domain = SealDomain(rawValue: name), !domains.contains(domain) else {
                throw OperationError(
                    code: .requestMalformed, reason: "a domain is neither medical nor transit, or is named twice",
                    hint: "send {\"domains\": [\"medical\", \"transit\"], \"lifetime\": SECONDS}")
            }
            domains.append(domain)
        }
        self.init(domains: domains, lifetimeSeconds: try request.optionalUnsigned("lifetime"))
    }

    /// The request that a client sends for this order.
    package var json: JSONValue {
        var object: JSONObject = ["domains": .array(domains.map { .string($0.rawValue) })]
        object["lifetime"] = lifetimeSeconds.map { .integer(Int64(clamping: $0)) }
        return .object(object)
    }
}

extension BundleExport {
    /// The folder's files, with their bytes in base64.
    var json: JSONValue {
        [
            "files": .array(
                files.map { file in
                    [
                        "path": .string(file.path), "mode": .integer(Int64(file.mode)),
                        "bytes": .string(Base64.encode(file.bytes)),
                    ]
                })
        ]
    }

    /// Reads the files from an answer.
    ///
    /// It refuses a path that leaves the folder; otherwise a false daemon could write anywhere.
    ///
    /// - Throws: `bundle_unreadable`.
    package init(_ answer: JSONValue) throws(OperationError) {
        var files: [File] = []
        for file in answer["files"]?.array ?? [] {
            guard let path = file["path"]?.string, let mode = file["mode"]?.integer.flatMap(UInt32.init(exactly:)),
                let text = file["bytes"]?.string, let bytes = try? Base64.decode(text), !path.hasPrefix("/"),
                !path.split(separator: "/").contains("..")
            else { throw Self.unreadable }
            files.append(File(path: path, bytes: bytes, mode: mode))
        }
        guard !files.isEmpty else { throw Self.unreadable }
        self.init(files: files)
    }

    private static let unreadable = OperationError(
        code: .bundleUnreadable, reason: "the answer has no files, or a file in it has no valid path, mode or content",
        hint: "check that the socket belongs to suishend")
}
