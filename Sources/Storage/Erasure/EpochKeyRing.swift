import Synchronization

/// The epoch keys that this process has; the one with the highest number seals new fields.
///
/// Another daemon may begin a key. A store of several writers therefore compares, at the end of each change, the newest
/// key that the registry records with the one that was current here when the change began. If the registry's is newer,
/// nothing is kept, ``follow(to:)`` reads the newer key, and the change is made again. So no field comes under a key after
/// its successor was recorded, however long a daemon slept, and a key that no field needs a week later is needed by none
/// for ever.
package final class EpochKeyRing: Sendable {
    /// Reads a key from the place of keys; nil when it is not there.
    package typealias Source = @Sendable (UInt32) throws(StorageError) -> FieldEpochKey?

    /// The most keys that one daemon may have missed, 20 years of them.
    private static let missedCountMax: UInt32 = 1024

    private struct State {
        var keys: [UInt32: FieldEpochKey]
        var current: FieldEpochKey
    }

    private let state: Mutex<State>
    private let source: Source?

    /// Takes at least one key.
    ///
    /// - Parameters:
    ///   - keys: the keys that are there.
    ///   - source: reads keys that another process begins later; nil where none does.
    /// - Throws: `field_key_invalid` without any key.
    package init(_ keys: [FieldEpochKey], source: Source? = nil) throws(StorageError) {
        self.source = source
        guard let current = keys.max(by: { $0.number < $1.number }) else {
            throw StorageError(
                code: .fieldKeyInvalid, reason: "there is no epoch key",
                hint: "put the epoch keys back that this registry was used with")
        }
        state = Mutex(
            State(keys: Dictionary(keys.map { ($0.number, $0) }, uniquingKeysWith: { $1 }), current: current))
    }

    /// The key that seals new fields.
    package var current: FieldEpochKey { state.withLock { $0.current } }

    /// Every key, the oldest first.
    package var keys: [FieldEpochKey] { state.withLock { $0.keys.values.sorted { $0.number < $1.number } } }

    /// A key by its number; nil for one that is destroyed, lost or another installation's.
    package func key(_ number: UInt32) -> FieldEpochKey? { state.withLock { $0.keys[number] } }

    /// A key by its number, read from its place where another daemon began it.
    ///
    /// - Returns: nil for one that is destroyed, lost or another installation's.
    /// - Throws: `storage_unavailable` for one that is newer than this process's keys and cannot be read.
    func current(orNewer number: UInt32) throws(StorageError) -> FieldEpochKey? {
        if source != nil { try follow(to: number) }
        return key(number)
    }

    /// Whether a change that began with a current key may have sealed under a key that has a successor.
    ///
    /// - Parameters:
    ///   - newest: the number of the newest key that the registry records.
    ///   - first: the number of the key that was current when the change began.
    /// - Returns: false where one daemon alone has the keys.
    package func isOutdated(by newest: UInt32, since first: UInt32) -> Bool { source != nil && newest > first }

    /// Reads the keys up to one that another daemon began, unless they are here.
    ///
    /// - Throws: `storage_unavailable` when that key cannot be read.
    package func follow(to newest: UInt32) throws(StorageError) {
        let current = current.number
        guard newest > current else { return }
        guard newest - current <= Self.missedCountMax else { throw .corruptRow("the number of an epoch key") }
        // The newest comes last: it seals new fields once all of them are here.
        for number in (current + 1)...newest {
            guard let key = try source?(number) else {
                // A key between them may have ended.
                guard number < newest else { throw .epochKeyPending(number, "it is not in its place") }
                continue
            }
            add(key)
        }
    }

    /// Adds a key, which seals new fields from now on if its number is the highest.
    package func add(_ key: FieldEpochKey) {
        state.withLock { state in
            state.keys[key.number] = key
            if key.number > state.current.number { state.current = key }
        }
    }

    /// Forgets a key; the current one stays.
    package func remove(_ number: UInt32) {
        state.withLock { state in
            if number != state.current.number { state.keys[number] = nil }
        }
    }
}
