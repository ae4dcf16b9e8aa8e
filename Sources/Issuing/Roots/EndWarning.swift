package import Encoding
package import Gate
import Signing
package import Storage

/// A document or key on which gates depend and which ends soon, said early so that not all gates close on one day.
package struct EndWarning: Sendable, Equatable {
    /// The days before an end from which on it is said, each with more weight.
    package static let days: [UInt64] = [90, 30, 7]

    /// `root_document_ends`, `bundle_key_ends`, `issuer_key_ends` or `status_key_ends`.
    package let code: String
    package let reason: String
    package let hint: String

    package var json: JSONValue { ["code": .string(code), "reason": .string(reason), "hint": .string(hint)] }

    /// Warns of the newest root document, its bundle keys, and the active keys of codes and of status lists.
    ///
    /// - Parameters:
    ///   - document: the newest root document; nil in an installation without one.
    ///   - keys: the registry's keys; retired ones sign nothing more, and are left out.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: a warning for each that ends within ``days``, or has ended.
    package static func all(
        of document: RootDocument?, keys: [IssuerKeyRecord], at now: UInt64
    ) -> [EndWarning] {
        let end = document.flatMap { document in
            ending("root document \(document.version)", document.expiresAt, at: now).map { reason in
                EndWarning(
                    code: "root_document_ends", reason: reason,
                    hint: "make the next document with `suishen root new`, and export bundles before the end")
            }
        }
        let bundleKeys = (document?.bundleKeys ?? []).compactMap { key in
            let kid = Hex.encode(key.key.keyIdentifier)
            return ending("bundle key \(kid)", key.expiresAt, at: now).map { reason in
                EndWarning(
                    code: "bundle_key_ends", reason: reason,
                    hint: "make the next key with `suishen root bundle-key`, and list it with `suishen root new`")
            }
        }
        return [end].compactMap(\.self) + bundleKeys + keys.compactMap { warning(of: $0, at: now) }
    }

    private static func warning(of key: IssuerKeyRecord, at now: UInt64) -> EndWarning? {
        guard key.status == .active, let role = KeyRole.allCases.first(where: { $0.uses == key.uses }) else {
            return nil
        }
        let kid = Hex.encode(key.keyIdentifier)
        return ending("\(role.rawValue) key \(kid)", key.expiresAt, at: now).map { reason in
            EndWarning(
                code: "\(role.rawValue)_key_ends", reason: reason,
                hint: "make the next key with `suishen key rotate \(role.rawValue)`, and let gates fetch a new bundle")
        }
    }

    private static func ending(_ subject: String, _ end: UInt64, at now: UInt64) -> String? {
        guard now < end else { return "\(subject) ended at \(end)" }
        let day = days.last { end - now <= $0 * 86_400 }
        return day.map { "\(subject) ends within \($0) days, at \(end)" }
    }
}

extension IssuingService {
    /// What ends soon in this installation.
    func endWarnings(at now: UInt64) throws -> [EndWarning] {
        Self.endWarnings(in: state, keys: try database.read { try $0.issuerKeys() }, at: now)
    }

    /// What ends soon in an installation that this process does not serve; without its keys while another process does.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - owner: the daemon's user.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the warnings.
    package static func endWarnings(in state: StateDirectory, owner: UInt32, at now: UInt64) -> [EndWarning] {
        let lock = try? state.locked()
        // Opening the registry replaces the files of its write-ahead log.
        let isReadable = lock != nil && !StatePermissions.isRegistryExposed(state, owner: owner)
        let settings = (try? Settings(contentsOf: state.settings)) ?? Settings()
        let keys =
            isReadable ? try? RegistryPlace(state, settings).readingOnly().read { try $0.issuerKeys() } : nil
        return withExtendedLifetime(lock) { endWarnings(in: state, keys: keys ?? [], at: now) }
    }

    private static func endWarnings(
        in state: StateDirectory, keys: [IssuerKeyRecord], at now: UInt64
    ) -> [EndWarning] {
        let document = (try? InstallationRoots(state))?.chain?.newest
        return EndWarning.all(of: document, keys: keys, at: now)
    }
}
