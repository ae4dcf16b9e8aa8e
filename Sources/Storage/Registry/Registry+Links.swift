import Credential
import Foundation
package import GRDB

extension Registry {
    /// Notes a person's pair of identifiers under a keyed digest, so that it can be asked for and not read out.
    func index(_ links: PersonLinks, of person: [UInt8], in database: Database) throws {
        guard let medical = links.medical, let transit = links.transit else { return }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO holderLink VALUES (?, ?)").execute(
            arguments: [Data(person), Data(pairDigest(medical, transit))])
    }

    /// Whether one person has both identifiers.
    package func isLinked(medical: [UInt8], transit: [UInt8], in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM holderLink WHERE pair = ?)"),
            arguments: [Data(pairDigest(medical, transit))]) ?? false
    }

    /// The identifiers of persons who have linked both, in no order that means anything.
    ///
    /// - Parameters:
    ///   - countMax: how many at most.
    ///   - database: an open transaction.
    /// - Returns: the pairs.
    /// - Throws: `registry_corrupt` when a row does not open under the registry's key.
    package func linkedIdentifiers(
        countMax: Int, in database: Database
    ) throws -> [(medical: [UInt8], transit: [UInt8])] {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT person.subject, person.links FROM holderLink JOIN person USING (subject) LIMIT ?",
            arguments: [countMax])
        var pairs: [(medical: [UInt8], transit: [UInt8])] = []
        while let row = try rows.next() {
            let links = try opened(row.blob("links"), of: Array(row.blob("subject")))
            if let medical = links.medical, let transit = links.transit { pairs.append((medical, transit)) }
        }
        return pairs
    }

    /// A person's links, as the row holds them sealed.
    func opened(_ sealed: Data, of person: [UInt8]) throws -> PersonLinks {
        guard let bytes = try cipher.opened(Array(sealed), subject: person), let links = PersonLinks(encoded: bytes)
        else {
            throw StorageError(
                code: .registryCorrupt, reason: "a person's links do not open under this registry's key",
                hint: "restore the key files that this registry was made with")
        }
        return links
    }

    private func pairDigest(_ medical: [UInt8], _ transit: [UInt8]) -> [UInt8] {
        cipher.digest(Array("suishen holder link v1".utf8) + medical + transit)
    }
}
