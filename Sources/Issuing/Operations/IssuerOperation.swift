import Encoding
import Storage

/// One thing that can be asked of an installation, over the socket or by a command in the same process.
///
/// Each is a static member, in the file of what it does; ``Route/table`` says where it is asked for and by whom.
package struct IssuerOperation: Sendable {
    /// A change inside a caller's transaction.
    typealias Change = @Sendable (any StoreTransaction) throws -> ChangeOutcome
    /// Reads a request, refusing what is wrong with it, before a transaction is begun.
    typealias Preparation = @Sendable (IssuingService, RequestFields, IssuingService.Caller) throws -> Change
    /// Answers a request by itself.
    typealias Inquiry =
        @Sendable (IssuingService, RequestFields, IssuingService.Caller) async throws -> OperationAnswer

    /// How it is carried out.
    enum Action: Sendable {
        /// In one transaction with its line in the audit trail: comes in batches too, and repeats by idempotency key.
        case change(Preparation)
        /// By itself: alone, and without an idempotency key.
        case inquiry(Inquiry)
    }

    /// What an older copy of the registry would undo of a change.
    enum BeatNeed: Sendable {
        /// A registration, for instance, that is lost with the copy and does no harm.
        case nothing
        /// It hands out status indices: an older copy would hand out those of a block that it does not know again.
        case block
        /// It revokes, erases or strikes.
        case change
    }

    /// The name that the audit trail keeps.
    package let name: String
    /// The members that a request may have; any other is a mistake worth telling.
    package let members: Set<String>
    let action: Action
    /// Whether it adds to the trace log; a change that does takes the log up first, and is refused with it.
    package private(set) var isLogged = false
    /// What the beat must tell of before the change is answered.
    private(set) var beatNeed = BeatNeed.nothing
    /// Whether idempotency keys are the change's own matter, and no digest of the request is kept for them here.
    private(set) var keepsKeysItself = false
    /// What is still to be done once the change is on disk, before it is answered.
    private(set) var settle: (@Sendable (IssuingService) throws -> Void)?

    /// A change that is whole or absent, with its audit line.
    static func change(
        _ name: String, takes members: Set<String>, beatNeed: BeatNeed = .nothing,
        _ preparation: @escaping Preparation
    ) -> IssuerOperation {
        IssuerOperation(
            name: name, members: members, action: .change(preparation), beatNeed: beatNeed)
    }

    /// A change that appends to the trace log.
    static func logged(
        _ name: String, takes members: Set<String>, beatNeed: BeatNeed = .nothing, keepsKeysItself: Bool = false,
        settle: (@Sendable (IssuingService) throws -> Void)? = nil, _ preparation: @escaping Preparation
    ) -> IssuerOperation {
        IssuerOperation(
            name: name, members: members, action: .change(preparation), isLogged: true,
            beatNeed: beatNeed, keepsKeysItself: keepsKeysItself, settle: settle)
    }

    /// Anything else: what only reads, what answers in bytes, what takes several steps.
    static func inquiry(
        _ name: String, takes members: Set<String> = [], isLogged: Bool = false, _ inquiry: @escaping Inquiry
    ) -> IssuerOperation {
        IssuerOperation(name: name, members: members, action: .inquiry(inquiry), isLogged: isLogged)
    }

    /// Whether it may be asked line by line, and under an idempotency key.
    package var isChange: Bool {
        if case .change = action { true } else { false }
    }
}
