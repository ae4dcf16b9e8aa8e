import Credential
import Encoding
import Verification

extension IssuingService.BundleOrder {
    /// Reads `{"domains": ["medical", "transit"], "lifetime": SECONDS}`, both of them optional.
    init(_ body: JSONValue) throws(OperationError) {
        guard let object = body.object, object.members.allSatisfy({ ["domains", "lifetime"].contains($0.key) }) else {
            throw Self.malformed("a bundle is asked for with an object of `domains` and `lifetime` alone")
        }
        var domains: [SealDomain] = []
        for name in object["domains"]?.array ?? [] {
            guard let domain = name.string.flatMap(SealDomain.init(rawValue:)), !domains.contains(domain) else {
                throw Self.malformed("a domain is neither medical nor transit, or named twice")
            }
            domains.append(domain)
        }
        let lifetime = object["lifetime"]?.integer
        guard object["domains"] == nil || object["domains"]?.array != nil,
            object["lifetime"] == nil || (lifetime ?? -1) >= 0
        else {
            throw Self.malformed("`domains` is no array, or `lifetime` no whole number of seconds")
        }
        self.init(domains: domains, lifetimeSeconds: lifetime.map(UInt64.init))
    }

    /// What a client sends for this order.
    var json: JSONValue {
        var object: JSONObject = ["domains": .array(domains.map { .string($0.rawValue) })]
        object["lifetime"] = lifetimeSeconds.map { .integer(Int64(clamping: $0)) }
        return .object(object)
    }

    private static func malformed(_ reason: String) -> OperationError {
        OperationError(
            code: "request_malformed", reason: reason,
            hint: "send {\"domains\": [\"medical\", \"transit\"], \"lifetime\": SECONDS}")
    }
}

extension BundleExport {
    /// The folder's files, their bytes in base64.
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
}
