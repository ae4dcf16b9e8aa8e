import Encoding
import Gate
import Platform
import Signing
import Storage
import TraceLog

/// The acts that a start shows: roles, root documents and a bundle key that differ from the previous ones.
struct StartActs: Sendable {
    let state: StateDirectory
    let keyFolder: KeyFolder
    let roles: RoleTable
    let acts: ActsLog

    /// Appends an entry for each of them that differs from the newest entry about it.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    ///   - database: an open transaction.
    /// - Throws: an error of the registry.
    func append(atMilliseconds now: UInt64, in database: any StoreTransaction) throws {
        // They are appended at a later start, once the missing entries are put back.
        guard try !acts.log.store.isBehind(in: database) else { return }
        try appendRoles(atMilliseconds: now, in: database)
        try appendRoots(atMilliseconds: now, in: database)
        try appendRecoveries(atMilliseconds: now, in: database)
    }

    /// The act names the roles whose users or callers have changed; its commitments are to a digest of each role's.
    private func appendRoles(atMilliseconds now: UInt64, in database: any StoreTransaction) throws {
        var users: [String: String] = [:]
        for (caller, grants) in roles.grants.sorted(by: { $0.key < $1.key }) {
            for word in grants.words {
                let role = word.hasPrefix("inspector:") ? "inspector" : word
                users[role, default: ""] += "\(caller.text) \(word)\n"
            }
        }
        let digests = users.mapValues { Hex.encode(DigestAlgorithm.sha256.digest(Array($0.utf8))) }
        var before: [String: String] = [:]
        if let newest = try acts.newest(of: .rolesChange, in: database) {
            for opening in try acts.log.store.openings(of: newest.index, in: database) {
                before[opening.name] = opening.value
            }
        }
        guard digests != before else { return }
        let changed = Set(digests.keys).union(before.keys).filter { digests[$0] != before[$0] }
        let openings = try digests.sorted { $0.key < $1.key }.map { role, digest in
            try Opening.make(name: role, value: digest, random: acts.random)
        }
        try acts.entry(
            .rolesChange, [changed.sorted().joined(separator: " ")], openings: openings, atMilliseconds: now,
            in: database)
    }

    private func appendRoots(atMilliseconds now: UInt64, in database: any StoreTransaction) throws {
        // Roots or keys that cannot be read have an error of their own where they are needed.
        guard let roots = try? InstallationRoots(state) else { return }
        if let chain = roots.chain,
            let bytes = try? RegularFile.read(state.rootDocuments, byteCountMax: RootChain.byteCountMax)
        {
            let values = [Hex.encode(DigestAlgorithm.sha256.digest(bytes)), String(chain.newest.version)]
            if try acts.newest(of: .rootTake, in: database)?.act.values != values {
                try acts.entry(.rootTake, values, atMilliseconds: now, in: database)
            }
        }
        guard let key = try? roots.bundleKey(in: state, keyFolder, at: now / 1000) else { return }
        let values = [Hex.encode(key.verificationKey.keyIdentifier)]
        if try acts.newest(of: .bundleKeyUse, in: database)?.act.values != values {
            try acts.entry(.bundleKeyUse, values, atMilliseconds: now, in: database)
        }
    }

    /// A recovery's entry waits until the entries that it misses are put back.
    private func appendRecoveries(atMilliseconds now: UInt64, in database: any StoreTransaction) throws {
        let count = try database.counter(Self.recoveryCounter) ?? 0
        let stated = try acts.newest(of: .registryRecover, in: database).flatMap { UInt64($0.act.values[0]) } ?? 0
        guard count > stated else { return }
        try acts.entry(.registryRecover, [String(count)], atMilliseconds: now, in: database)
    }

    /// The counter of recoveries.
    static let recoveryCounter = "recoveries"
}
