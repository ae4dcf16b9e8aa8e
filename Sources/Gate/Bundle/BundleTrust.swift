import Credential
import Encoding

/// The part of a bundle that browsers read too: its times, the issuers' keys, and the names of the status lists.
struct BundleTrust: Sendable {
    private typealias NamedList = (reference: StatusListReference, issuedAtMin: UInt64?)

    static let issuerCountMax = 4096
    static let statusListCountMax = 4096

    let version: UInt64
    let issuedAt: UInt64
    let expiresAt: UInt64
    let issuers: [IssuerRecord]
    let statusLists: [StatusListReference]
    /// The least `iat` of each list.
    let statusListTimes: [StatusListReference: UInt64]

    /// Reads the members of a bundle's payload.
    ///
    /// - Throws: `bundle_unreadable`.
    init(_ fields: DocumentFields) throws(BundleError) {
        version = try fields.unsigned("version")
        issuedAt = try fields.unsigned("iat")
        expiresAt = try fields.unsigned("exp")
        issuers = try Self.issuers(fields)
        let lists = try Self.statusLists(fields)
        statusLists = lists.map { $0.reference }
        statusListTimes = Self.leastTimes(lists)
    }

    private static func issuers(_ fields: DocumentFields) throws(BundleError) -> [IssuerRecord] {
        var records: [IssuerRecord] = []
        for item in try fields.array("issuers", countMax: issuerCountMax) {
            records.append(try IssuerRecord(item))
        }
        return records
    }

    private static func statusLists(_ fields: DocumentFields) throws(BundleError) -> [NamedList] {
        var lists: [NamedList] = []
        for item in try fields.array("statusLists", countMax: statusListCountMax) {
            let record = try DocumentFields(item, in: "a status list's record")
            let issuedAtMin: UInt64? = record["iat"] == nil ? nil : try record.unsigned("iat")
            lists.append((try StatusListReference(record), issuedAtMin))
        }
        return lists
    }

    private static func leastTimes(_ lists: [NamedList]) -> [StatusListReference: UInt64] {
        var times: [StatusListReference: UInt64] = [:]
        for (reference, issuedAtMin) in lists {
            if let issuedAtMin { times[reference] = max(issuedAtMin, times[reference] ?? 0) }
        }
        return times
    }
}
