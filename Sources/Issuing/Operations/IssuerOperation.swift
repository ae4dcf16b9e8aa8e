import Encoding
import Storage

/// An operation of an installation, called over the socket or by a command in the same process.
///
/// Each operation is a static member; ``Route/table`` has its path and the roles that may call it.
package struct IssuerOperation: Sendable {
    /// A change inside a caller's transaction.
    typealias Change = @Sendable (any StoreTransaction) throws -> ChangeOutcome
    /// Reads and checks a request before a transaction begins.
    typealias Preparation = @Sendable (IssuingService, RequestFields, IssuingService.Caller) throws -> Change
    /// Answers a request outside a caller's transaction.
    typealias Inquiry =
        @Sendable (IssuingService, RequestFields, IssuingService.Caller) async throws -> OperationAnswer

    /// The rows that a change is going to read, as far as its request tells; the request may be malformed.
    typealias Foresight = @Sendable (IssuingService, RequestFields, IssuingService.Caller) -> ForeseenReads

    /// The subject of a read's line in the audit trail; nil for a read that gets none.
    typealias ReadSubject = @Sendable (IssuingService, RequestFields, IssuingService.Caller) throws -> String?

    /// The way that the operation is carried out.
    enum Action: Sendable {
        /// One transaction with a line in the audit trail; it may come in a batch or with an idempotency key.
        case change(Preparation)
        /// A single request without an idempotency key.
        case inquiry(Inquiry)
        /// An inquiry that only reads, in its user's turn; a read about a person has a subject for the audit trail.
        case reading(Inquiry, subject: ReadSubject)
    }

    /// The part of a change that restoring an older copy of the registry must not undo.
    enum BeatNeed: Sendable {
        /// Losing the change does no harm: a registration, for instance.
        case nothing
        /// The change hands out status indices; an older copy would hand out a newer block's indices again.
        case block
        /// The change revokes a code, erases fields or ends a key.
        case change
    }

    /// What the machine's clock must be like before the operation begins; a signature itself needs a ``SigningTime``.
    enum ClockNeed: Sendable {
        /// Nothing is dated, or the operation takes its own ``SigningTime``.
        case nothing
        /// It withdraws a code or a key, and must not wait for the clock; only a clock that has jumped does harm.
        case noJump
        /// It dates a log entry, which the next checkpoint signs and whose time can never fall again.
        case signing
    }

    /// The name in the audit trail.
    package let name: String
    /// The members that a request may have; any other member is refused.
    package let members: Set<String>
    let action: Action
    /// Whether it appends to the trace log; such a change waits until the log is ready, and fails when the log does.
    package private(set) var isLogged = false
    let clockNeed: ClockNeed
    /// The commits that the beat must cover before the change is answered.
    private(set) var beatNeed = BeatNeed.nothing
    /// Whether the change keeps its idempotency keys itself, so that the service keeps no digest of the request.
    private(set) var keepsKeysItself = false
    /// The work that follows once the change is on disk, before it is answered.
    private(set) var settle: (@Sendable (IssuingService) throws -> Void)?

    /// The rows that the change is going to read.
    private(set) var foresees: Foresight = { _, _, _ in ForeseenReads() }

    /// The act that a second operator may have to confirm.
    var dual: DualNeed?

    /// A change in one transaction with its audit line.
    static func change(
        _ name: String, takes members: Set<String>, clockNeed: ClockNeed = .nothing, beatNeed: BeatNeed = .nothing,
        settle: (@Sendable (IssuingService) throws -> Void)? = nil,
        foresees: @escaping Foresight = { _, _, _ in ForeseenReads() }, _ preparation: @escaping Preparation
    ) -> IssuerOperation {
        IssuerOperation(
            name: name, members: members, action: .change(preparation), clockNeed: clockNeed, beatNeed: beatNeed,
            settle: settle, foresees: foresees)
    }

    /// A change that appends to the trace log.
    static func logged(
        _ name: String, takes members: Set<String>, clockNeed: ClockNeed = .signing, beatNeed: BeatNeed = .nothing,
        keepsKeysItself: Bool = false, settle: (@Sendable (IssuingService) throws -> Void)? = nil,
        foresees: @escaping Foresight = { _, _, _ in ForeseenReads() }, _ preparation: @escaping Preparation
    ) -> IssuerOperation {
        IssuerOperation(
            name: name, members: members, action: .change(preparation), isLogged: true,
            clockNeed: clockNeed, beatNeed: beatNeed, keepsKeysItself: keepsKeysItself, settle: settle,
            foresees: foresees)
    }

    /// An inquiry that only reads; a read about a person has a subject for the audit trail.
    static func reading(
        _ name: String, takes members: Set<String> = [],
        subject: @escaping ReadSubject = { _, _, _ in nil }, _ reading: @escaping Inquiry
    ) -> IssuerOperation {
        IssuerOperation(name: name, members: members, action: .reading(reading, subject: subject), clockNeed: .nothing)
    }

    /// Any other operation: it takes several steps, or answers at once.
    static func inquiry(
        _ name: String, takes members: Set<String> = [], isLogged: Bool = false, clockNeed: ClockNeed = .nothing,
        _ inquiry: @escaping Inquiry
    ) -> IssuerOperation {
        IssuerOperation(
            name: name, members: members, action: .inquiry(inquiry), isLogged: isLogged, clockNeed: clockNeed)
    }

    /// Whether it may come as lines of a batch and with an idempotency key.
    package var isChange: Bool {
        if case .change = action { true } else { false }
    }
}
