import Synchronization

/// Hands values from one task to another in order, with a limit on the values that wait.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
        var putting: CheckedContinuation<Void, Never>?
        var taking: CheckedContinuation<Void, Never>?
    }

    private let countMax: Int
    private let state = Mutex(State())

    /// - Parameter countMax: the most values that wait at once.
    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Adds a value once there is room; false when the queue was closed, which drops the value.
    func put(_ element: Element) async -> Bool {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if !state.isClosed, state.elements.count >= countMax { state.putting = continuation }
                return state.putting == nil
            }
            if isFree { continuation.resume() }
        }
        let (isAdded, taking) = state.withLock { state in
            guard !state.isClosed else { return (false, nil as CheckedContinuation<Void, Never>?) }
            state.elements.append(element)
            return (true, state.taking.take())
        }
        taking?.resume()
        return isAdded
    }

    /// The next value; nil once the queue is closed and empty.
    func take() async -> Element? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.isClosed, state.elements.isEmpty { state.taking = continuation }
                return state.taking == nil
            }
            if isReady { continuation.resume() }
        }
        let (element, putting) = state.withLock { state in
            (state.elements.isEmpty ? nil : state.elements.removeFirst(), state.putting.take())
        }
        putting?.resume()
        return element
    }

    /// Closes the queue to new values; values that wait can still be taken.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return [state.putting.take(), state.taking.take()]
        }
        for continuation in waiting { continuation?.resume() }
    }
}
