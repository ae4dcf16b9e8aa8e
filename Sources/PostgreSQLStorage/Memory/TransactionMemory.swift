import Storage
import TraceLog

/// Rows that the open transaction has read or written, so that it need not ask the server for them again.
///
/// The transaction holds the writers' turn, so that nobody else changes them meanwhile. A key without a row has nil.
struct TransactionMemory {
    var answers: [String: KeptAnswer?] = [:]
    /// Answers up to this time have been deleted.
    var deletedAnswersUntil: UInt64?
    var subjectsByDigest: [[UInt8]: [UInt8]?] = [:]
    var links: [[UInt8]: [UInt8]?] = [:]
    var enterprises: [String: String?] = [:]
    var objects: [[UInt8]: ObjectRecord?] = [:]
    var activeKeys: [[String]: IssuerKeyRecord] = [:]
    /// The requests and the objects' newest entries of the trace log alone.
    var requests: [String: KeptRequest?] = [:]
    var heads: [ObjectID: ObjectHead?] = [:]
    var newestEntries: [LogName: (index: UInt64, recordedAtMilliseconds: UInt64)] = [:]
    /// The highest number of an issued code's digest.
    var newestIssuance: UInt64?
    /// The highest number of a line of the trail.
    var newestAuditLine: UInt64?
    var floors: [LogName: LogFloor?] = [:]
}
