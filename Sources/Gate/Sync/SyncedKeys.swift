/// What a fetch has found of an enrolled gate's sealed keys.
package struct SyncedKeys: Sendable {
    package enum State: Sendable {
        /// Newer keys came with this fetch.
        case taken
        /// The gate has the server's newest ones.
        case unchanged
        /// The server has none for this gate; the gate keeps what it has.
        ///
        /// It is news where the gate has taken sealed keys before, and at the first fetch that finds none.
        case missing(isNews: Bool)
        /// The server's file, or the one that the gate has, is refused; everything else of the generation was taken.
        case refused(BundleError)
        /// The server gives no answer that can be used; the gate keeps what it has.
        case unavailable(any Error)
    }

    package let state: State
    /// The last day for which the gate has keys, since 1970-01-01 (UTC); nil without keys that it can use.
    package let lastDay: UInt64?
    /// Whether the gate's receiving key was made over a week ago.
    package let isReceivingKeyOld: Bool

    /// The code of the warning that the gate's receiving key should be replaced.
    package static let receivingKeyOldWarning = "receiving_key_old"
    /// The code of the warning that the server has no keys for this gate.
    package static let missingWarning = "keys_missing"

    /// - Parameters:
    ///   - fetched: the server's answer.
    ///   - isMissingNews: whether missing keys are news; asked only where they are missing.
    ///   - refusal: why that file, or the one that the gate has, is refused.
    ///   - lastDay: the last day of the keys that the gate has.
    ///   - isReceivingKeyOld: whether the gate's receiving key was made over a week ago.
    init?(
        _ fetched: GenerationFetch.Keys, isMissingNews: @autoclosure () -> Bool, refusal: BundleError?,
        lastDay: UInt64?, isReceivingKeyOld: Bool
    ) {
        switch fetched {
        case .notAsked: return nil
        case .unavailable(let error): state = .unavailable(error)
        case .missing: state = .missing(isNews: isMissingNews())
        case .unchanged: state = refusal.map { .refused($0) } ?? .unchanged
        case .new: state = refusal.map { .refused($0) } ?? .taken
        }
        (self.lastDay, self.isReceivingKeyOld) = (lastDay, isReceivingKeyOld)
    }
}

extension GenerationFetch.Keys {
    /// Whether the server's file differs from the former generation's.
    var areNew: Bool {
        if case .new = self { true } else { false }
    }
}
