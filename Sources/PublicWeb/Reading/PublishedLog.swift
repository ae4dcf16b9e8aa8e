import NIOPosix
import Platform
import Synchronization
import TraceLog

/// The published log; its checkpoint is asked for once a second at most.
///
/// The checkpoint comes from the daemon, which lets one leave only when the beat has recorded it. The other files come
/// from the log's folder where this service may read it, and otherwise from the daemon too.
final class PublishedLog: Sendable {
    /// The age of a checkpoint that is still used.
    static let ageMillisecondsMax = 1000
    static let checkpointName = "checkpoint"

    /// A checkpoint as it was published.
    struct Statement: Sendable {
        let bytes: [UInt8]
        let checkpoint: Checkpoint
    }

    private struct Look: Sendable {
        let statement: Statement?
        let milliseconds: Int
    }

    /// The log's name in the daemon's paths: `log` or `acts`.
    let name: String
    /// Whether the sets of issued codes lie beside the log.
    var hasIssuedCodes: Bool { name == DaemonLog.acts }

    private let daemon: DaemonLog
    private let files: LogFiles
    private let look = Mutex<Look?>(nil)
    private let questions = SharedQuestions<String, Statement?>()

    /// - Parameters:
    ///   - daemon: the log over the daemon's socket.
    ///   - folder: the log's folder in tlog-tiles layout; nil where the daemon alone may read it.
    init(_ daemon: DaemonLog, folder: String?) {
        self.daemon = daemon
        name = daemon.name
        files = folder.map { .folder(LogFolderSource(folder: $0)) } ?? .daemon(daemon)
    }

    /// The newest checkpoint; nil before the log's first entry was published.
    ///
    /// - Throws: `log_unreadable`, `log_damaged`.
    func checkpoint() async throws(WebError) -> Statement? {
        let milliseconds = MonotonicClock.milliseconds()
        if let known = look.withLock({ $0 }), milliseconds - known.milliseconds < Self.ageMillisecondsMax {
            return known.statement
        }
        return try await questions.ask(Self.checkpointName) { [self] () async throws(WebError) in
            let statement = try await readCheckpoint()
            look.withLock { $0 = Look(statement: statement, milliseconds: MonotonicClock.milliseconds()) }
            return statement
        }
    }

    private func readCheckpoint() async throws(WebError) -> Statement? {
        let bytes = try await Self.reading { [daemon] in
            try daemon.read(Self.checkpointName, byteCountMax: SignedNote.byteCountMax)
        }
        guard let bytes else { return nil }
        do throws(TraceLogError) {
            return Statement(bytes: bytes, checkpoint: try Checkpoint(note: bytes))
        } catch {
            throw Self.damaged
        }
    }

    /// A file of the log; nil where there is none.
    ///
    /// - Throws: `log_unreadable`.
    func file(_ path: String, byteCountMax: Int) async throws(WebError) -> [UInt8]? {
        try await Self.reading { [files] in try files.read(path, byteCountMax: byteCountMax) }
    }

    /// The proof that a checkpoint's log has an entry; it is checked before it is given.
    ///
    /// - Throws: `log_unreadable`; `log_damaged` where tiles are missing, or lead to another root.
    func inclusion(of entry: EntryLink, in checkpoint: Checkpoint) async throws(WebError) -> InclusionProof {
        let proof = try await Self.reading { [files] in
            try Self.proof(of: entry.index, in: checkpoint, from: files)
        }
        guard proof.root(leaf: entry.leafHash) == checkpoint.root else { throw Self.damaged }
        return proof
    }

    private static func proof(
        of index: UInt64, in checkpoint: Checkpoint, from files: some AuditSource
    ) throws(TraceLogError) -> InclusionProof {
        var nodes = TileNodeSource(size: checkpoint.size, source: files)
        return try InclusionProof(leafIndex: index, treeSize: checkpoint.size, from: &nodes)
    }

    /// Reads on a thread that may wait.
    private static func reading<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(WebError) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch let error as TraceLogError where error.code != .inputUnreadable {
            throw damaged
        } catch {
            throw unreadable
        }
    }

    private static let unreadable = WebError(
        .logUnreadable, "the published log cannot be read", hint: "check that suishend runs, and --log")
    private static let damaged = WebError(
        .logDamaged, "the published log does not fit its own checkpoint",
        hint: "run `chain-verify audit` on the log, and restore its files")
}

/// Where the files of the published log are read.
private enum LogFiles: AuditSource {
    case folder(LogFolderSource)
    case daemon(DaemonLog)

    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        switch self {
        case .folder(let folder): try folder.read(path, byteCountMax: byteCountMax)
        case .daemon(let daemon): try daemon.read(path, byteCountMax: byteCountMax)
        }
    }
}

/// The published log over the daemon's socket.
struct DaemonLog: AuditSource {
    private static let timeoutMilliseconds = 10_000

    /// The log of the service's own acts.
    static let acts = "acts"

    let name: String
    private let exchange: HTTPExchange

    /// - Parameters:
    ///   - socket: the daemon's socket.
    ///   - name: which log.
    init(socket: String, name: String = "log") {
        self.name = name
        exchange = HTTPExchange(endpoint: .socket(path: socket), timeoutMilliseconds: Self.timeoutMilliseconds)
    }

    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        let response: HTTPResponse
        do throws(HTTPExchangeError) {
            response = try exchange.get(path: "/\(name)/\(path)", byteCountMax: byteCountMax)
        } catch {
            throw AuditSourceError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
        switch response.status {
        case 200: return response.body
        case 404: return nil
        default:
            throw AuditSourceError(
                code: .unreadable, reason: "the daemon answers \(path) with status \(response.status)",
                hint: "give this service's user the role `public` in suishend.yaml")
        }
    }
}
