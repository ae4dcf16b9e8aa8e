import Synchronization

/// The values that were used last, in bounded memory: when a generation is full, it becomes the old one.
final class RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generations {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let countMax: Int
    private let generations = Mutex(Generations())

    /// - Parameter countMax: the most values in memory are twice as many.
    init(countMax: Int) {
        self.countMax = countMax
    }

    subscript(key: Key) -> Value? {
        get {
            generations.withLock { generations in
                if let value = generations.young[key] { return value }
                guard let value = generations.old[key] else { return nil }
                Self.put(value, key, &generations, countMax)
                return value
            }
        }
        set {
            generations.withLock { generations in
                if let newValue {
                    Self.put(newValue, key, &generations, countMax)
                } else {
                    generations.young[key] = nil
                    generations.old[key] = nil
                }
            }
        }
    }

    private static func put(_ value: Value, _ key: Key, _ generations: inout Generations, _ countMax: Int) {
        if generations.young.count >= countMax {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[key] = value
    }
}
