package import Encoding
package import Gate
import Signing

/// What ends soon of an installation's root documents and bundle keys, so that not all gates close on one day.
package struct RootWarning: Sendable, Equatable {
    /// The days before an end from which on it is said, each with more weight.
    package static let days: [UInt64] = [90, 30, 7]

    /// `root_document_ends` or `bundle_key_ends`.
    package let code: String
    package let reason: String
    package let hint: String

    package var json: JSONValue { ["code": .string(code), "reason": .string(reason), "hint": .string(hint)] }

    /// Warns of the newest document and its bundle keys.
    ///
    /// - Parameters:
    ///   - document: the newest root document.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: a warning for each that ends within ``days``, or has ended.
    package static func all(of document: RootDocument, at now: UInt64) -> [RootWarning] {
        let end = ending("root document \(document.version)", document.expiresAt, at: now).map { reason in
            RootWarning(
                code: "root_document_ends", reason: reason,
                hint: "make the next document with `suishen root new`, and export bundles before the end")
        }
        let keys = document.bundleKeys.compactMap { key in
            let kid = Hex.encode(key.key.keyIdentifier)
            return ending("bundle key \(kid)", key.expiresAt, at: now).map { reason in
                RootWarning(
                    code: "bundle_key_ends", reason: reason,
                    hint: "make the next key with `suishen root bundle-key`, and list it with `suishen root new`")
            }
        }
        return [end].compactMap(\.self) + keys
    }

    private static func ending(_ subject: String, _ end: UInt64, at now: UInt64) -> String? {
        guard now < end else { return "\(subject) ended at \(end)" }
        let day = days.last { end - now <= $0 * 86_400 }
        return day.map { "\(subject) ends within \($0) days, at \(end)" }
    }
}

extension IssuingService {
    /// What ends soon; none in an installation without root documents.
    package static func rootWarnings(in state: StateDirectory, at now: UInt64) -> [RootWarning] {
        let roots = try? InstallationRoots(state)
        return roots?.chain.map { RootWarning.all(of: $0.newest, at: now) } ?? []
    }
}
