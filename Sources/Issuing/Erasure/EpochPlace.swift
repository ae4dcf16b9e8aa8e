import Storage

/// Where an installation's epoch keys lie: in a folder for one daemon, or in a bucket for several.
protocol EpochPlace: Sendable {
    /// The path or the address, for error messages.
    var path: String { get }

    /// Reads every key, and finishes what a crash cut off.
    ///
    /// - Returns: nil when there is no place yet.
    /// - Throws: `epoch_keys_unreadable` for one that is not a complete key of this installation; an error of the object
    ///   storage.
    func keys() throws(OperationError) -> [FieldEpochKey]?

    /// Reads one key.
    ///
    /// - Returns: nil when it is not there, or was overwritten.
    /// - Throws: as ``keys()``.
    func key(_ number: UInt32) throws(OperationError) -> FieldEpochKey?

    /// Begins the place of a new installation with its first key.
    ///
    /// - Throws: `epoch_keys_exist` for a place that has keys, or `epoch_keys_unwritable`.
    func create(with key: FieldEpochKey) throws(OperationError)

    /// Adds a key; it is durable and whole when the call returns.
    ///
    /// - Returns: the key with this number that is there now: another daemon's where that one came first.
    /// - Throws: `epoch_keys_unwritable`.
    func add(_ key: FieldEpochKey) throws(OperationError) -> FieldEpochKey

    /// Destroys a key: overwrites it, then removes it; a missing one is no error.
    ///
    /// - Throws: `epoch_keys_unwritable`.
    func destroy(_ number: UInt32) throws(OperationError)

    /// Removes the place of an installation that could not be made; a failure is not reported.
    ///
    /// - Parameter key: the first key, which this process added.
    func withdraw(_ key: FieldEpochKey)

    /// Looks for a reason why no key could be added, without changing anything.
    ///
    /// - Returns: `epoch_keys_unwritable`, or nil.
    func obstacle() -> OperationError?

    /// The fix of keys that cannot be read, before the words about lost ones.
    var readingFix: String { get }
    /// The fix of keys that cannot be written.
    var writingFix: String { get }
}

extension EpochPlace {
    /// The name of a key's file or object ends so.
    static var suffix: String { ".key" }

    static func name(of number: UInt32) -> String { "\(number)\(suffix)" }

    func unreadable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .epochKeysUnreadable, reason: "the epoch key \(file) cannot be read: \(reason)",
            hint: "\(readingFix); if it is lost, move it away and run `suishen recover` with the recovery key")
    }

    func unwritable(_ file: String, _ reason: String) -> OperationError {
        OperationError(
            code: .epochKeysUnwritable, reason: "the epoch key \(file) cannot be written: \(reason)",
            hint: "\(writingFix); fields are sealed under the former key meanwhile")
    }

    var occupied: OperationError {
        OperationError(
            code: .epochKeysExist, reason: "\(path) exists already and may have another installation's epoch keys",
            hint: "name another folder, or set `epochKeys` to another path; never remove epoch keys in use")
    }
}
