import Gate

/// One pass over all gates, page by page, that brings a published tree's sealed keys up to date.
struct KeysPass: Sendable {
    /// What makes every gate's file due at once.
    struct Mark: Sendable, Equatable {
        /// The days of the keys, since 1970-01-01 (UTC).
        let days: ClosedRange<UInt64>
        /// The identifier of the bundle key that signs.
        let signer: [UInt8]
    }

    /// What the files of this pass have in common.
    let mark: Mark
    /// The gates that had a file when the pass began, which no page has reached yet; the next ones are last.
    private var keyed: [GateIdentifier]
    /// The last gate of the pages so far; nil before the first page.
    private(set) var last: GateIdentifier?
    private(set) var isComplete = false

    init(_ mark: Mark, keyed: [GateIdentifier]) {
        self.mark = mark
        self.keyed = keyed.reversed()
    }

    /// Ends a page.
    ///
    /// - Parameters:
    ///   - last: its last gate; nil for the page after which no gate is left.
    ///   - kept: the gates of the page that have a file from now on.
    /// - Returns: the gates up to there whose file must go.
    mutating func advance(to last: GateIdentifier?, keeping kept: Set<GateIdentifier>) -> [GateIdentifier] {
        var gone: [GateIdentifier] = []
        while let gate = keyed.last, last.map({ gate.text <= $0.text }) ?? true {
            keyed.removeLast()
            if !kept.contains(gate) { gone.append(gate) }
        }
        if let last { self.last = last } else { isComplete = true }
        return gone
    }
}
