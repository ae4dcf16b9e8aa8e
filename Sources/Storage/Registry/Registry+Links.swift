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
            // Links that are lost cannot be exported; the person registers them again.
            guard let links = try opened(person.sealedLinks, of: person.subject) else { return nil }
            guard let medical = links.medical, let transit = links.transit else { return nil }
            return (medical, transit)
        }
    }

    /// A person's links from the sealed bytes of the row; nil once their epoch key is gone.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's keys.
    func opened(_ sealed: [UInt8], of person: [UInt8]) throws -> PersonLinks? {
        let content = try cipher.fields.opened(sealed, at: person)
        if content == .lost { return nil }
        guard case .plain(let bytes) = content, let links = PersonLinks(encoded: bytes) else {
            throw FieldCipher.unopened("a person's links")
        }
        return links
    }

    private func pairDigest(_ medical: [UInt8], _ transit: [UInt8]) -> [UInt8] {
        cipher.digest(Array("suishen holder link v1".utf8) + medical + transit)
    }
}
