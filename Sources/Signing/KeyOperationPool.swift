import Synchronization

/// The operations of one key that nobody is using now; as many are made as callers work at once.
///
/// Lending costs two uncontended locks, against several microseconds to set an operation up.
final class KeyOperationPool: Sendable {
    private let key: KeyHandle
    private let algorithm: SignatureAlgorithm
    private let purpose: KeyOperation.Purpose
    private let idle = Mutex<[KeyOperation]>([])

    init(key: KeyHandle, algorithm: SignatureAlgorithm, purpose: KeyOperation.Purpose) {
        self.key = key
        self.algorithm = algorithm
        self.purpose = purpose
    }

    /// Lends an operation to `body`; nil when none can be set up.
    func withOperation<Result>(_ body: (KeyOperation) -> Result) -> Result? {
        let known = idle.withLock { $0.popLast() }
        guard let operation = known ?? KeyOperation(key: key, algorithm: algorithm, purpose: purpose) else {
            return nil
        }
        defer { idle.withLock { $0.append(operation) } }
        return body(operation)
    }
}
