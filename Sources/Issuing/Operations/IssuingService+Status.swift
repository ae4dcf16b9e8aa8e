import Credential
import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// The names of the status lists, with how many indices each has and how many of them are revoked.
    package static let statusLists = inquiry("status.lists") { service, _, _ in
        let lists = try service.database.read { [registry = service.registry] in try registry.statusLists(in: $0) }
        return OperationAnswer(json: [
            "lists": .array(
                lists.map { list in
                    [
                        "list": .string(list.name), "indices": .integer(Int64(list.indexCount)),
                        "revoked": .integer(Int64(list.revokedCount)),
                    ]
                })
        ])
    }

    /// One status list as a signed token, current to this moment.
    package static let statusList = inquiry("status.list", takes: ["list"]) { service, request, caller in
        let name = try request.string("list")
        let lifetime = service.settings.bundleLifetimeSeconds
        let found = try service.database.read { [registry = service.registry] database in
            try registry.hasStatusList(name, in: database)
                ? (
                    try service.statusList(name, in: database),
                    try Registry.activeKey(uses: KeyRole.status.uses, in: database)
                ) : nil
        }
        guard let (list, record) = found else {
            throw OperationError(
                code: "list_unknown", reason: "there is no status list of that name",
                hint: "take a name of GET /v1/status-lists")
        }
        let token = try service.statusToken(
            list, name: name, issuedAt: caller.now, expiresAt: caller.now + lifetime,
            key: service.signingKeys.key(.status, record))
        return OperationAnswer(bytes: token, type: StatusListToken.contentType)
    }
}

extension IssuingService {
    /// A list as it stands, with room for codes that are younger than it.
    func statusList(_ name: String, in database: RegistryTransaction) throws -> StatusList {
        let bits = try registry.statusBits(name, in: database)
        var list = StatusList(count: bits.count + Int(settings.statusHeadroomCount))
        for index in bits.revoked { list[index] = true }
        return list
    }

    func statusToken(
        _ list: StatusList, name: String, issuedAt: UInt64, expiresAt: UInt64, key: SigningKey
    ) throws(SigningError) -> [UInt8] {
        try StatusListToken(
            subject: "https://\(settings.host.lowercased())/status/\(name)", issuedAt: issuedAt,
            expiresAt: expiresAt, timeToLiveSeconds: nil, list: list
        ).signed(by: key)
    }
}
