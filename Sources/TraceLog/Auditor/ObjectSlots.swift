import CSHA256

/// The hash index of an ``ObjectTable``'s records: slots of 4 bytes, at most nine tenths of them taken.
@safe struct ObjectSlots: ~Copyable {
    private static let slotByteCount = 4

    private(set) var count: Int
    // 0 is empty; otherwise a record's number plus one in the low bits, and bits of the hash above them.
    private var slots: UnsafeMutablePointer<UInt32>
    // Numbers plus one are at most nine tenths of the slots' count.
    private var numberMask: UInt32

    init(count: Int) {
        self.count = count
        unsafe slots = Self.map(count: count)
        numberMask = Self.numberMask(count)
    }

    deinit { unsafe MappedPages.unmap(slots, byteCount: byteCount) }

    var byteCount: Int { count * Self.slotByteCount }

    func hasRoom(for recordCount: Int) -> Bool { recordCount * 10 <= count * 9 }

    /// Empties all slots, and makes them so many; the old ones are gone before the new ones are there.
    mutating func clear(count: Int) {
        unsafe MappedPages.unmap(slots, byteCount: byteCount)
        unsafe slots = Self.map(count: count)
        self.count = count
        numberMask = Self.numberMask(count)
    }

    /// The number in the first slot that may be the object's; nil when there is none up to the next empty slot.
    ///
    /// `slot` says where to begin, and then where the search ended.
    func number(_ hash: UInt64, in slot: inout Int) -> Int? {
        let tag = tag(hash)
        while true {
            let value = self[slot]
            if value == 0 { return nil }
            if value & ~numberMask == tag { return Int(value & numberMask) - 1 }
            slot = after(slot)
        }
    }

    /// The slot that an object's search begins with.
    func home(_ hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(count)).high) }

    func after(_ slot: Int) -> Int { slot + 1 == count ? 0 : slot + 1 }

    /// Puts a number into an empty slot.
    func put(_ number: Int, _ hash: UInt64, in slot: Int) {
        self[slot] = tag(hash) | UInt32(number + 1)
    }

    /// Puts a number into the first empty slot for its hash.
    func put(_ number: Int, _ hash: UInt64) {
        var slot = home(hash)
        while self[slot] != 0 { slot = after(slot) }
        put(number, hash, in: slot)
    }

    func prefetch(_ hash: UInt64) { unsafe csha256_prefetch(slots + home(hash)) }

    private static func map(count: Int) -> UnsafeMutablePointer<UInt32> {
        unsafe MappedPages.map(byteCount: count * slotByteCount).bindMemory(to: UInt32.self, capacity: count)
    }

    private static func numberMask(_ count: Int) -> UInt32 {
        .max >> UInt32(count.leadingZeroBitCount - UInt32.bitWidth)
    }

    private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & ~numberMask }

    private subscript(slot: Int) -> UInt32 {
        get {
            // No input reaches this: a slot is masked or counted to lie inside the table.
            precondition(slot >= 0 && slot < count, "a slot is one of those that there are")
            return unsafe slots[slot]
        }
        nonmutating set {
            // No input reaches this: a slot is masked or counted to lie inside the table.
            precondition(slot >= 0 && slot < count, "a slot is one of those that there are")
            unsafe slots[slot] = newValue
        }
    }
}
