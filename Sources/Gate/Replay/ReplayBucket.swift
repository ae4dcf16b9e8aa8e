/// One page of the replay store: up to 255 entries, their checksum, and the page's number.
///
/// The page is written whole. Its checksum covers no other page, so a power cut that loses the last writes of some
/// pages leaves every page valid.
struct ReplayBucket: Sendable {
    static let byteCount = 4096
    static let slotCount = byteCount / ReplayEntry.byteCount - 1
    /// The entries that showings from other gates may fill, so that they cannot close this gate.
    static let mergedCountMax = slotCount / 4 * 3

    private static let wordCount = byteCount / 8
    private static let checksumPlace = wordCount - 2
    private static let numberPlace = wordCount - 1

    private var words: [UInt64]
    private let number: Int

    /// Reads a page; nil if its bytes were damaged.
    ///
    /// A page that was never written is all zeros.
    init?(_ bytes: [UInt8], number: Int) {
        words = unsafe bytes.withUnsafeBytes { unsafe $0.bindMemory(to: UInt64.self).map { UInt64(littleEndian: $0) } }
        self.number = number
        guard words.count == Self.wordCount else { return nil }
        if words[Self.numberPlace] == 0 {
            guard words.allSatisfy({ $0 == 0 }) else { return nil }
        } else {
            guard words[Self.numberPlace] == UInt64(number + 1), words[Self.checksumPlace] == checksum else {
                return nil
            }
        }
    }

    /// A page without entries.
    init(emptyWithNumber number: Int) {
        words = [UInt64](repeating: 0, count: Self.wordCount)
        self.number = number
    }

    /// The page with its checksum.
    func encoded() -> [UInt8] {
        var words = words
        words[Self.numberPlace] = UInt64(number + 1)
        words[Self.checksumPlace] = checksum
        for index in words.indices { words[index] = words[index].littleEndian }
        return unsafe words.withUnsafeBytes { unsafe Array($0) }
    }

    /// The entries that are there.
    var entries: [ReplayEntry] { (0..<Self.slotCount).map(entry).filter { $0.generation > 0 } }

    /// Whether a remembered showing makes this one a replay.
    func usesUp(_ wanted: ReplayEntry) -> Bool {
        for slot in 0..<Self.slotCount where words[2 * slot] == wanted.cti {
            let found = entry(slot)
            if found.generation > 0, wanted.isUsedUp(by: found) { return true }
        }
        return false
    }

    /// Remembers a showing in place of its credential's last one in the same generation, or in a free slot.
    ///
    /// Nothing is forgotten while a slot is free, so a clock that jumps forth and back forgets nothing. In a full page
    /// the oldest showing goes that is over, or else the one that lies furthest ahead of the clock.
    ///
    /// - Parameters:
    ///   - new: the showing.
    ///   - now: the generation of this machine's clock; nil if nothing may be forgotten.
    /// - Returns: false if the page is full.
    mutating func add(_ new: ReplayEntry, at now: UInt64?) -> Bool {
        var free: Int?
        var (oldest, furthest): (Int?, Int?)
        for slot in 0..<Self.slotCount {
            let found = entry(slot)
            if found.generation == 0 {
                if free == nil { free = slot }
            } else if found.isOfSameCredential(as: new), found.generation == new.generation {
                set(slot, found.number > new.number ? found : new)
                return true
            } else if let now {
                if found.isOver(at: now), oldest.map({ found.generation < entry($0).generation }) ?? true {
                    oldest = slot
                }
                if found.isAhead(of: now), furthest.map({ found.generation > entry($0).generation }) ?? true {
                    furthest = slot
                }
            }
        }
        guard let slot = free ?? oldest ?? furthest else { return false }
        set(slot, new)
        return true
    }

    /// Adds other gates' showings until they and this gate's fill ``mergedCountMax`` slots.
    ///
    /// - Parameters:
    ///   - others: the showings.
    ///   - now: the generation of this machine's clock.
    /// - Returns: the number of showings that were new.
    mutating func merge(_ others: [ReplayEntry], at now: UInt64) -> Int {
        var addedCount = 0
        var liveCount = liveCount(at: now)
        for other in others where !usesUp(other) {
            let takesSlot = !(0..<Self.slotCount).contains { slot in
                words[2 * slot] == other.cti && entry(slot).isOfSameCredential(as: other)
                    && entry(slot).generation == other.generation
            }
            guard !takesSlot || liveCount < Self.mergedCountMax, add(other, at: now) else { continue }
            if takesSlot { liveCount += 1 }
            addedCount += 1
        }
        return addedCount
    }

    /// The number of showings that are not over.
    private func liveCount(at now: UInt64) -> Int {
        (0..<Self.slotCount).count { slot in
            let found = entry(slot)
            return found.generation > 0 && !found.isOver(at: now)
        }
    }

    private func entry(_ slot: Int) -> ReplayEntry {
        ReplayEntry(words[2 * slot], words[2 * slot + 1])
    }

    private mutating func set(_ slot: Int, _ entry: ReplayEntry) {
        (words[2 * slot], words[2 * slot + 1]) = entry.words
    }

    private var checksum: UInt64 { Self.checksum(words[..<Self.checksumPlace], from: UInt64(number + 1)) }

    /// Tells damage, not forgery: a user who can write the file can also make its checksums.
    static func checksum(_ words: some Collection<UInt64>, from seed: UInt64) -> UInt64 {
        words.reduce(seed) { sum, word in
            let mixed = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
            return mixed ^ mixed >> 32
        }
    }
}
