/// Floors of status lists: after a recovery, a list continues above every index that may have been given out.
extension Registry {
    /// The name of the general floor, which applies to every list.
    private static let everyList = ""

    /// The lowest index at which a list's next block may begin: the higher of the list's own floor and the general one.
    ///
    /// - Returns: a multiple of ``statusBlockCount``; 0 without a floor, 2³² for a full list.
    /// - Throws: `registry_corrupt`.
    package func statusFloor(of list: String, in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try [list, Self.everyList].reduce(0) { highest, name in
            guard let base = try snapshot.statusFloor(named: name) else { return highest }
            guard base <= Self.statusIndexCount, base.isMultiple(of: UInt64(Self.statusBlockCount)) else {
                throw StorageError.corruptRow("a status list's floor")
            }
            return max(highest, base)
        }
    }

    /// Raises a floor, and closes open blocks below it; a floor that is already as high stays.
    ///
    /// - Parameters:
    ///   - list: a list's plain name; "" for all lists, including lists without an index.
    ///   - base: the first index that may be given out; it is rounded up to a whole block, at most 2³².
    ///   - transaction: an open transaction.
    /// - Throws: `registry_corrupt`.
    package func raiseStatusFloor(of list: String, to base: UInt64, in transaction: any RegistryTransaction) throws {
        let blockCount = UInt64(Self.statusBlockCount)
        let floor = min(base, Self.statusIndexCount).roundedUp(toMultipleOf: blockCount)
        try transaction.raiseStatusFloor(named: list, to: floor)
        for name in list == Self.everyList ? try statusListNames(in: transaction) : [list] {
            try voidOpenBlock(of: name, below: floor, in: transaction)
        }
    }

    /// The plain names of the lists that have a block, a revocation or a floor of their own, in order.
    ///
    /// - Throws: `registry_corrupt`.
    package func statusListNames(in snapshot: any RegistrySnapshot) throws -> [String] {
        try snapshot.statusListNames().subtracting([Self.everyList]).sorted()
    }
}

extension UInt64 {
    /// The number rounded up to a multiple of `unit`; callers pass numbers far below 2⁶⁴.
    fileprivate func roundedUp(toMultipleOf unit: UInt64) -> UInt64 {
        (self + unit - 1) / unit * unit
    }
}
