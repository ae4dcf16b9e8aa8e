import TraceLog

@testable import Storage

/// Everything that a store keeps.
struct MemoryContents: Sendable {
    struct Person {
        let residentDigest: [UInt8]
        var sealedLinks: [UInt8]
    }

    struct Block {
        let order: [UInt16]
        var used: Int
    }

    struct Revocation {
        let at: UInt64
        var sealedReason: [UInt8]?
    }

    struct Row {
        let object: [UInt8]
        let sequence: UInt64
        let recordedAtMilliseconds: UInt64
        var entry: StoredEntry?
    }

    struct OpeningRow {
        var stored: StoredOpening
        var isKept = true
    }

    var persons: [[UInt8]: Person] = [:]
    /// By person.
    var linkedPairs: [[UInt8]: [UInt8]] = [:]
    var enterprises: [String: String] = [:]
    var objects: [[UInt8]: ObjectRecord] = [:]
    var codes: [IssuedCodeRecord] = []
    var revocations: [StatusPlace: Revocation] = [:]
    var keys: [IssuerKeyRecord] = []
    var gates: [[UInt8]: GateRecord] = [:]
    /// By gate.
    var gateReports: [[UInt8]: GateReportRecord] = [:]
    var settlements: [SettlementRecord] = []
    var offers: [[UInt8]: OfferRecord] = [:]
    var holdings: [[UInt8]: HoldingRecord] = [:]
    /// By list, then by base.
    var blocks: [String: [UInt64: Block]] = [:]
    var floors: [String: UInt64] = [:]
    var answers: [String: KeptAnswer] = [:]
    var counters: [String: UInt64] = [:]
    /// By user and form.
    var issuedCounts: [String: IssuedCount] = [:]
    var audit: [AuditLine] = []
    /// Later lines have higher numbers.
    var auditNumber: UInt64 = 0
    var issuances: [Issuance] = []
    var issuedMinutes: [IssuedMinute] = []
    var issuedSets: [IssuedSet] = []
    var trailChain: TrailChainState?
    var trailFloor: TrailChainState?
    var position: RegistryPosition?
    var epochKeys: [UInt32: EpochKeyRecord] = [:]
    var isRecoveryNeeded = false
    var logs: [LogName: Log] = [:]
    /// The log that the properties below are of.
    var logName = LogName.trace

    /// What a store keeps of one log.
    struct Log: Sendable {
        var rows: [UInt64: Row] = [:]
        var heads: [[UInt8]: ObjectHead] = [:]
        var openings: [UInt64: [OpeningRow]] = [:]
        var requests: [String: KeptRequest] = [:]
        var floor: LogFloor?
    }

    /// What is kept of one log.
    func of(_ log: LogName) -> Log { logs[log] ?? Log() }

    private var log: Log {
        get { logs[logName] ?? Log() }
        set { logs[logName] = newValue }
    }

    var rows: [UInt64: Row] {
        get { log.rows }
        set { log.rows = newValue }
    }

    var heads: [[UInt8]: ObjectHead] {
        get { log.heads }
        set { log.heads = newValue }
    }

    var openings: [UInt64: [OpeningRow]] {
        get { log.openings }
        set { log.openings = newValue }
    }

    var requests: [String: KeptRequest] {
        get { log.requests }
        set { log.requests = newValue }
    }

    var floor: LogFloor? {
        get { log.floor }
        set { log.floor = newValue }
    }
}

/// A view of what a store keeps, and of what was changed in it.
final class MemoryTransaction: StoreTransaction {
    /// What the transaction's views share.
    private final class Shared {
        var contents: MemoryContents
        var changeCount = 0

        init(_ contents: MemoryContents) {
            self.contents = contents
        }
    }

    private let shared: Shared
    private let log: LogName

    var changeCount: Int { shared.changeCount }

    var contents: MemoryContents {
        get {
            var contents = shared.contents
            contents.logName = log
            return contents
        }
        set { shared.contents = newValue }
    }

    init(_ contents: MemoryContents) {
        shared = Shared(contents)
        log = .trace
    }

    private init(_ shared: Shared, log: LogName) {
        self.shared = shared
        self.log = log
    }

    func snapshot(of log: LogName) -> any LogSnapshot { MemoryTransaction(shared, log: log) }
    func transaction(of log: LogName) -> any LogTransaction { MemoryTransaction(shared, log: log) }

    /// Makes a change, unless it breaks a rule that the store itself holds.
    func change(if isAllowed: Bool = true, _ body: (inout MemoryContents) -> Void) throws(StorageError) {
        guard isAllowed else { throw .unwritable("a constraint failed") }
        body(&contents)
        shared.changeCount += 1
    }
}
