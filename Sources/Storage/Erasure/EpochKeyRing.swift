import Synchronization

/// The epoch keys that this process has; the one with the highest number seals new fields.
package final class EpochKeyRing: Sendable {
    private struct State {
        var keys: [UInt32: FieldEpochKey]
        var current: FieldEpochKey
    }

    private let state: Mutex<State>

    /// Takes at least one key.
    ///
    /// - Throws: `field_key_invalid` without any key.
    package init(_ keys: [FieldEpochKey]) throws(StorageError) {
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
