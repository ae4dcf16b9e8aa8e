import Storage

/// Where an installation's beat lies: in a file for one daemon, or in an object that several daemons advance.
protocol BeatPlace: Sendable {
    /// The path or the address, for error messages.
    var path: String { get }

    /// Reads the beat.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `beat_unreadable` for bytes that are not a complete beat; an error of the object storage.
    func read() throws(OperationError) -> Beat?

    /// Makes the beat of a new installation, or of one that never had a beat.
    ///
    /// - Throws: `beat_exists` when there is one already, or `beat_unwritable`; no beat is left behind then.
    func create(_ beat: Beat) throws(OperationError)

    /// Advances the beat, so that it is durable when the call returns; no value decreases.
    ///
    /// - Parameters:
    ///   - next: the beat to reach.
    ///   - known: the beat that this process found or left there last.
    /// - Returns: the beat that is there now, which other daemons may have advanced further.
    /// - Throws: `beat_unwritable`; the old or the new beat is there then, complete.
    func advance(to next: Beat, from known: Beat) throws(OperationError) -> Beat

    /// Looks for a reason why the beat could not be advanced, without changing it.
    ///
    /// - Returns: `beat_unwritable`, or nil.
    func obstacle() -> OperationError?

    /// Takes back the beat of an installation that could not be made; a failure is not reported.
    func withdraw(_ beat: Beat)

    /// The fix of a beat that cannot be read, before the words about a lost one.
    var readingFix: String { get }
    /// The fix of a beat that cannot be written.
    var writingFix: String { get }
    /// The fix where a new beat's place is taken.
    var occupiedFix: String { get }
}

extension BeatPlace {
    /// The error of a text that is not a beat of this version.
    func unreadable(text bytes: [UInt8]) -> OperationError {
        guard Beat.isNewer(text: bytes) else { return unreadable("it is not a complete beat") }
        return OperationError(
            StorageError(
                code: .schemaNewer, reason: "the beat \(path) was written by a later version",
                hint: "use the version that opened the installation last"))
    }

    func unreadable(_ reason: String) -> OperationError {
        OperationError(
            code: .beatUnreadable, reason: "the beat \(path) cannot be read: \(reason)",
            hint: "\(readingFix) and \(OperationError.recovering)")
    }

    func unwritable(_ reason: String) -> OperationError {
        OperationError(
            code: .beatUnwritable,
            reason: "the beat \(path) cannot be written: \(reason); the change itself may be on disk",
            hint: "\(writingFix), then send the request again with its idempotency key")
    }

    var occupied: OperationError {
        OperationError(
            code: .beatExists, reason: "\(path) exists already and is another installation's beat",
            hint: "\(occupiedFix); never remove a beat that is in use")
    }
}

extension OperationError {
    /// The fix for a registry that was restored from a copy.
    static let recovering = "run `suishen recover --published DIR` with the newest bundle, lists and checkpoint"
}
