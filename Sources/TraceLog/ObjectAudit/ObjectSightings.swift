/// The entries of a few objects in all bundles that were read, for whatever reason these were read.
struct ObjectSightings: Sendable {
    struct Sighting: Sendable, Equatable {
        let sequence: UInt64
        let link: EntryLink
    }

    private let objects: [ObjectKey]
    private var found: [[UInt64: Sighting]]

    init(of objects: [ObjectID]) {
        self.objects = objects.map { ObjectKey($0) }
        found = objects.map { _ in [:] }
    }

    /// Adds the objects' entries in a bundle; a bundle may be added twice.
    mutating func look(at digest: BundleDigest) {
        for position in digest.entries.indices {
            guard let entry = digest.entries[position], let number = objects.firstIndex(of: entry.object) else {
                continue
            }
            let link = EntryLink(leafHash: digest.hashes[position], index: digest.firstIndex + UInt64(position))
            found[number][link.index] = Sighting(sequence: entry.sequence, link: link)
        }
    }

    /// The object's newest entry from `index` on; nil where there is none.
    func newest(of object: ObjectID, from index: UInt64) -> Sighting? {
        all(of: object).filter { $0.key >= index }.max { $0.key < $1.key }?.value
    }

    /// The object's entries outside `indices`, by index.
    func strays(of object: ObjectID, outside indices: Set<UInt64>) -> [Sighting] {
        all(of: object).filter { !indices.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
    }

    private func all(of object: ObjectID) -> [UInt64: Sighting] {
        objects.firstIndex(of: ObjectKey(object)).map { found[$0] } ?? [:]
    }
}
