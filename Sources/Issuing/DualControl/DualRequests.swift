import Encoding
import Storage
import Synchronization

/// The requests that wait for a second operator, in memory alone: the end of the process voids them.
final class DualRequests: Sendable {
    /// The most of one operator at once: operators ask rarely, and an answer may have a whole bundle.
    ///
    /// Each operator has places of their own, so that nobody can keep another one from asking.
    static let countMax = 4

    private let requests = Mutex<[DualRequest]>([])

    /// The same caller's open request for exactly the same.
    func open(of caller: CallerIdentity, digest: String, at now: UInt64) -> DualRequest? {
        withRequests(at: now) { $0.first { $0.asker.identity == caller && $0.digest == digest && $0.isWaiting } }
    }

    /// Adds a request; requests that are over go where there is no room.
    ///
    /// - Throws: `confirmations_too_many`.
    func add(_ request: DualRequest) throws(OperationError) {
        let asker = request.asker
        let isAdded = withRequests(at: asker.now) { requests in
            func isFull() -> Bool { requests.count { $0.asker.identity == asker.identity } >= Self.countMax }
            if isFull() { requests.removeAll { $0.asker.identity == asker.identity && $0.isOver(at: asker.now) } }
            guard !isFull() else { return false }
            requests.append(request)
            return true
        }
        guard isAdded else { throw .confirmationsTooMany }
    }

    /// Forgets a request that was added and could not be recorded.
    func remove(_ identifier: String) {
        requests.withLock { $0.removeAll { $0.identifier == identifier } }
    }

    /// Forgets the waiting requests of some callers.
    func void(of isOne: (CallerIdentity) -> Bool) {
        requests.withLock { requests in
            requests.removeAll { request in
                if case .waiting = request.state { isOne(request.asker.identity) } else { false }
            }
        }
    }

    /// Takes a request for its one run.
    ///
    /// - Parameters:
    ///   - identifier: the request.
    ///   - digest: the digest of what is confirmed.
    ///   - caller: the user who confirms.
    /// - Returns: the request, which nobody else can take.
    /// - Throws: `confirmation_unknown`, `confirmation_own`, `confirmation_differs`, `confirmation_given`,
    ///   `confirmation_ended`.
    func take(
        _ identifier: String, digest: String, by caller: IssuingService.Caller
    ) throws(OperationError) -> DualRequest {
        let taken = withRequests(at: caller.now) { requests -> Result<DualRequest, OperationError> in
            guard let place = requests.firstIndex(where: { $0.identifier == identifier }) else {
                return .failure(.confirmationUnknown)
            }
            let request = requests[place]
            guard request.asker.identity != caller.identity else { return .failure(.confirmationOwn) }
            guard request.digest == digest else { return .failure(.confirmationDiffers) }
            if case .void = request.state { return .failure(.confirmationEnded) }
            guard request.isWaiting else { return .failure(.confirmationGiven) }
            requests[place].state = .running
            return .success(request)
        }
        return try taken.get()
    }

    /// Notes what has become of a request that was taken.
    func put(_ state: DualRequest.State, for identifier: String) {
        requests.withLock { requests in
            guard let place = requests.firstIndex(where: { $0.identifier == identifier }) else { return }
            requests[place].state = state
        }
    }

    /// The answer to a request that was confirmed, for its asker alone.
    ///
    /// - Throws: `confirmation_unknown`, also to another user; `confirmation_waiting`, `confirmation_ended`, or the
    ///   request's own error.
    func answer(to identifier: String, for caller: IssuingService.Caller) throws(OperationError) -> OperationAnswer {
        let found = withRequests(at: caller.now) { requests -> Result<OperationAnswer, OperationError> in
            guard let request = requests.first(where: { $0.identifier == identifier }),
                request.asker.identity == caller.identity
            else { return .failure(.confirmationUnknown) }
            switch request.state {
            case .waiting, .running: return .failure(.confirmationWaiting)
            case .void: return .failure(.confirmationEnded)
            case .done(let result, _): return result
            }
        }
        return try found.get()
    }

    /// All of them, in the order in which they were asked.
    func list(at now: UInt64) -> [JSONValue] { withRequests(at: now) { $0.map(\.json) } }

    /// Voids the requests whose time is over, then gives all of them.
    ///
    /// A void request stays void whatever the clock says.
    private func withRequests<Value>(at now: UInt64, _ body: (inout [DualRequest]) -> sending Value) -> sending Value {
        requests.withLock { requests in
            for place in requests.indices { requests[place].endIfDue(at: now) }
            return body(&requests)
        }
    }
}
