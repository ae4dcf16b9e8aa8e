import Encoding

/// The showings of a gate's store that could still be fresh at one moment, for another gate.
///
/// Deterministic CBOR: `[generation, [scene…], entries from this generation on, earlier entries]`, entries of 16 bytes
/// end to end.
package struct ReplaySnapshot: Sendable {
    /// A full store and the scenes' names.
    package static let byteCountMax = ReplayStore.entryCountMax * ReplayEntry.byteCount + (64 << 10)

    let generation: UInt64
    let scenes: [String]
    let entries: [ReplayEntry]

    init(generation: UInt64, scenes: [String], entries: [ReplayEntry]) {
        self.generation = generation
        self.scenes = scenes
        self.entries = entries
    }

    /// Reads the bytes of ``encoded()``.
    package init(_ bytes: [UInt8]) throws(BundleError) {
        guard
            let item = try? CBORItem.decode(
                bytes[...], rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 4),
            let parts = item.array, parts.count == 4, let generation = parts[0].unsigned, generation > 0,
            let names = parts[1].array, names.count <= ReplayStore.sceneCountMax,
            let current = parts[2].byteString, let earlier = parts[3].byteString,
            (current.count | earlier.count) % ReplayEntry.byteCount == 0
        else { throw .malformed("the bytes are not a snapshot of a replay store") }
        self.generation = generation
        scenes = names.compactMap(\.text)
        var entries: [ReplayEntry] = []
        for bytes in [earlier, current] {
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: ReplayEntry.byteCount) {
                let middle = start + 8
                let entry = ReplayEntry(
                    LittleEndian.number(bytes[start..<middle]), LittleEndian.number(bytes[middle..<middle + 8]))
                // A gate of the previous software version sends the generation of its clock at the insertion.
                if entry.generation > 0 { entries.append(entry.withOwnTime) }
            }
        }
        self.entries = entries
        guard scenes.count == names.count else { throw .malformed("a scene's name in a snapshot is not text") }
    }

    /// The snapshot's bytes.
    package func encoded() -> [UInt8] {
        let current = entries.filter { $0.generation >= generation }.flatMap(\.bytes)
        let earlier = entries.filter { $0.generation < generation }.flatMap(\.bytes)
        return CBORItem.array([
            .unsigned(generation), .array(scenes.map(CBORItem.text)), .byteString(current), .byteString(earlier),
        ]).encoded()
    }
}
