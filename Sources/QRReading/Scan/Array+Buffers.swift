/// Arrays as buffers that are filled anew for every picture of a film, without memory from the heap.
extension Array {
    /// Sorts without memory of its own, which the standard library's sort takes; equal elements may change places.
    ///
    /// This is heapsort: the largest of the unsorted elements is at the root of a heap, and moves behind them.
    mutating func sortInPlace(by precedes: (Element, Element) -> Bool) {
        for root in (0..<(count / 2)).reversed() { sink(root, below: count, by: precedes) }
        for end in indices.reversed() {
            swapAt(0, end)
            sink(0, below: end, by: precedes)
        }
    }

    private mutating func sink(_ root: Int, below end: Int, by precedes: (Element, Element) -> Bool) {
        var parent = root
        while 2 * parent + 1 < end {
            var child = 2 * parent + 1
            if child + 1 < end, precedes(self[child], self[child + 1]) { child += 1 }
            guard precedes(self[parent], self[child]) else { return }
            swapAt(parent, child)
            parent = child
        }
    }

    /// Empties the first `count` lists of an array of lists, and adds lists up to that number.
    ///
    /// The lists keep their memory for the next picture. There are at once as many, with as much room, as most pictures
    /// need: otherwise a film would take memory in one frame after another.
    mutating func clear<Item>(count: Int) where Element == [Item] {
        while self.count < Swift.max(count, 64) {
            append([])
            self[self.count - 1].reserveCapacity(32)
        }
        for index in 0..<count { self[index].removeAll(keepingCapacity: true) }
    }
}
