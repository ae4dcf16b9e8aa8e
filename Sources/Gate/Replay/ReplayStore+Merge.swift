import Glibc
import Platform

extension ReplayStore {
    /// The pages that a merge changes under one lock, so that the gate's own showings never wait long for it.
    private static let mergedPageCount = 64
    /// The pause between two locks; a process that waits asks for the lock again within this time.
    private static let mergePauseMicroseconds = LockedFile.pauseMicrosecondsMax + 1000

    /// Adds the showings of another gate that can still be fresh by this gate's clock.
    ///
    /// Only showings in scenes that this gate's bundle names or that this store already serves are added, and no page
    /// is filled with them. A showing that lies ahead of any gate's skew is not added: it is refused here anyway. Of the
    /// showings of one page, as many are looked at as a page has slots.
    ///
    /// - Parameters:
    ///   - snapshot: the other gate's showings.
    ///   - bundleScenes: the scenes of this gate's bundle.
    ///   - now: the time of this gate's clock.
    /// - Returns: the number of showings that were new to this store.
    /// - Throws: `bundle_unreadable` if the file fails or was damaged.
    package func merge(
        _ snapshot: ReplaySnapshot, scenes bundleScenes: Set<String> = [], at now: UInt64
    ) throws(BundleError) -> Int {
        let generation = ReplayEntry.generation(at: now)
        let fresh = snapshot.entries.filter { !$0.isOver(at: generation) && !$0.isAhead(of: generation) }
        let numbers = try ownNumbers(of: Set(fresh.map(\.scene)), in: snapshot, bundleScenes)
        var entries: [Int: [ReplayEntry]] = [:]
        for entry in fresh {
            guard let scene = numbers[entry.scene],
                entries[entry.bucket, default: []].count < ReplayBucket.slotCount
            else { continue }
            entries[entry.bucket, default: []].append(
                ReplayEntry(
                    cti: entry.cti, number: entry.number, scene: scene, isChain: entry.isChain,
                    generation: entry.generation))
        }
        var rest = entries.keys.sorted()[...]
        var addedCount = 0
        while !rest.isEmpty {
            let part = rest.prefix(Self.mergedPageCount)
            rest = rest.dropFirst(part.count)
            addedCount += try change { () throws(BundleError) in
                var count = 0
                for number in part {
                    var page = try pages.bucket(number)
                    let added = page.merge(entries[number] ?? [], at: generation)
                    if added > 0 { try pages.write(page, number) }
                    count += added
                }
                return count
            }
            if !rest.isEmpty { usleep(Self.mergePauseMicroseconds) }
        }
        return addedCount
    }

    /// The own numbers of another gate's scenes; none for a scene that this gate's bundle and store do not know.
    private func ownNumbers(
        of numbers: Set<UInt8>, in snapshot: ReplaySnapshot, _ bundleScenes: Set<String>
    ) throws(BundleError) -> [UInt8: UInt8] {
        try exclusively { () throws(BundleError) in
            var own: [UInt8: UInt8] = [:]
            for number in numbers.sorted() where Int(number) < snapshot.scenes.count {
                let name = snapshot.scenes[Int(number)]
                let known = try scenes()
                guard known.contains(name) || bundleScenes.contains(name) && known.count < Self.sceneCountMax else {
                    continue
                }
                own[number] = try self.number(of: name)
            }
            return own
        }
    }
}
