import Encoding

/// All showings that a gate's store remembered at one moment, for another gate.
///
/// Deterministic CBOR: `[generation, [scene…], entries of this generation, entries of the one before]`, entries of 16
/// bytes end to end.
package struct ReplaySnapshot: Sendable {
    /// Two full generations and the scenes' names.
    package static let byteCountMax = 2 * ReplayStore.slotCount * ReplayEntry.byteCount + (64 << 10)

    let generation: UInt64
    let scenes: [String]
    /// The entries, each with its generation.
    let entries: [(ReplayEntry, UInt64)]

    init(generation: UInt64, scenes: [String], entries: [(ReplayEntry, UInt64)]) {
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
            let current = parts[2].byteString, let previous = parts[3].byteString,
            (current.count | previous.count) % ReplayEntry.byteCount == 0
        else { throw .malformed("the bytes are not a snapshot of a replay store") }
        self.generation = generation
        scenes = names.compactMap(\.text)
        var entries: [(ReplayEntry, UInt64)] = []
        for (bytes, number) in [(previous, generation - 1), (current, generation)] {
            for start in stride(from: 0, to: bytes.count, by: ReplayEntry.byteCount) {
                entries.append((ReplayEntry(bytes[start..<start + ReplayEntry.byteCount]), number))
            }
        }
        self.entries = entries
        guard scenes.count == names.count else { throw .malformed("a scene's name in a snapshot is not text") }
    }

    /// The snapshot's bytes.
    package func encoded() -> [UInt8] {
        let parts = [generation, generation &- 1].map { wanted in
            entries.filter { $0.1 == wanted }.flatMap { $0.0.bytes(generation: wanted) }
        }
        let names = scenes.prefix { !$0.isEmpty }.map(CBORItem.text)
        return CBORItem.array([
            .unsigned(generation), .array(names), .byteString(parts[0]), .byteString(parts[1]),
        ]).encoded()
    }
}
