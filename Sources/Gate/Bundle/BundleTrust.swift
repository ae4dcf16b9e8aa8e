import Credential
import Encoding

/// The part of a bundle that browsers read too: its times, the issuers' keys, and the names of the status lists.
struct BundleTrust: Sendable {
    static let issuerCountMax = 4096
    static let statusListCountMax = 4096

    let version: UInt64
    let issuedAt: UInt64
    let expiresAt: UInt64
    let issuers: [IssuerRecord]
    /// Each list with its least `iat`, which is nil for any.
    let statusLists: [(reference: StatusListReference, issuedAtMin: UInt64?)]

    /// Reads the members of a bundle's payload.
    ///
    /// - Throws: `bundle_unreadable`.
    init(_ fields: DocumentFields) throws(BundleError) {
        version = try fields.unsigned("version")
        issuedAt = try fields.unsigned("iat")
        expiresAt = try fields.unsigned("exp")
        issuers = try Self.issuers(fields)
        statusLists = try Self.statusLists(fields)
    }

    /// The least `iat` of a list; nil for any.
    ///
    /// It looks through all lists; a gate makes a table of them instead.
    func statusListTime(of reference: StatusListReference) -> UInt64? {
        var time: UInt64?
        for list in statusLists {
            if let least = list.issuedAtMin, list.reference == reference { time = max(least, time ?? 0) }
        }
        return time
    }

    private static func issuers(_ fields: DocumentFields) throws(BundleError) -> [IssuerRecord] {
        var records: [IssuerRecord] = []
        for item in try fields.array("issuers", countMax: issuerCountMax) {
            records.append(try IssuerRecord(item))
        }
        return records
    }

    private static func statusLists(
        _ fields: DocumentFields
    ) throws(BundleError) -> [(reference: StatusListReference, issuedAtMin: UInt64?)] {
        var lists: [(reference: StatusListReference, issuedAtMin: UInt64?)] = []
        for item in try fields.array("statusLists", countMax: statusListCountMax) {
            let record = try DocumentFields(item, in: "a status list's record")
            let issuedAtMin: UInt64? = record["iat"] == nil ? nil : try record.unsigned("iat")
            lists.append((try StatusListReference(record), issuedAtMin))
        }
        return lists
    }
}
