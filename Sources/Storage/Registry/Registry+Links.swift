extension Registry {
    /// Records a person's pair of identifiers as a keyed digest, so that a pair can be looked up but not read out.
    func index(_ links: PersonLinks, of person: [UInt8], in transaction: any RegistryTransaction) throws {
        guard let medical = links.medical, let transit = links.transit else { return }
        try transaction.setLinkedPair(pairDigest(medical, transit), of: person)
    }

    /// Whether both identifiers belong to one person.
    package func isLinked(medical: [UInt8], transit: [UInt8], in snapshot: any RegistrySnapshot) throws -> Bool {
        try snapshot.hasLinkedPair(pairDigest(medical, transit))
    }

    /// The pairs of identifiers of persons who have linked both, in no particular order.
    ///
    /// - Parameters:
    ///   - countMax: the most pairs.
    ///   - snapshot: an open transaction.
    /// - Returns: the pairs.
    /// - Throws: `registry_corrupt` when a row does not open under the registry's key.
    package func linkedIdentifiers(
        countMax: Int, in snapshot: any RegistrySnapshot
    ) throws -> [(medical: [UInt8], transit: [UInt8])] {
        try snapshot.linkedPersons(countMax: countMax).compactMap { person in
            let links = try opened(person.sealedLinks, of: person.subject)
            guard let medical = links.medical, let transit = links.transit else { return nil }
            return (medical, transit)
        }
    }

    /// A person's links from the sealed bytes of the row.
    func opened(_ sealed: [UInt8], of person: [UInt8]) throws -> PersonLinks {
        guard let bytes = try cipher.opened(sealed, subject: person), let links = PersonLinks(encoded: bytes)
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
