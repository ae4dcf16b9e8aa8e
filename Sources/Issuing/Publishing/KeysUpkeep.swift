/// Begins a pass over the sealed keys when one is due, and does one step of it at a time.
struct KeysUpkeep {
    private var pass: KeysPass?
    /// The mark of the newest pass that was begun; nil before the first.
    private var mark: KeysPass.Mark?
    private var day: UInt64?
    /// The count of gates' changes when that pass was begun.
    private var changeCount: UInt64?

    /// Whether a pass has steps left, or a new one is due by the day or by a gate's change.
    func isUnderWay(changeCount count: UInt64, at now: UInt64) -> Bool {
        pass != nil || day != now / 86_400 || changeCount != count
    }

    /// Does one step; a pass that no longer seals what is due begins again.
    ///
    /// - Throws: as ``IssuingService/publishKeys(to:by:)``.
    mutating func step(
        _ service: IssuingService, to path: String, by caller: IssuingService.Caller
    ) async throws(OperationError) {
        let newest = try service.keysMark(for: caller)
        let count = service.gateChangeCount
        if mark != newest || pass == nil && changeCount != count || changeCount == nil {
            pass = try service.keysPass(over: path, by: caller)
            (mark, day, changeCount) = (newest, caller.now / 86_400, count)
        }
        guard var current = pass else { return }
        var publication = KeysPublication()
        try await service.publishKeys(&current, to: path, by: caller, &publication)
        pass = current.isComplete ? nil : current
    }
}
