import Encoding
package import Platform
import Signing

/// Makes an enrolled gate's reports when they are due, and posts them to the server of its bundle.
package struct GateReporter: Sendable {
    /// The seconds after which a failed report is tried again; each further failure doubles them, up to the regular ones.
    package static let retrySeconds: UInt64 = 60
    private static let doublingCountMax: UInt64 = 16
    private static let answerByteCountMax = 4096

    /// The bundle's folder, and where its root comes from.
    private let path: String
    private let root: RootSource
    private let users: TrustedUsers
    private let file: ReportFile
    private let exchange: HTTPExchange
    private let everySeconds: UInt64

    /// - Parameters:
    ///   - path: the bundle's folder.
    ///   - root: where the root key comes from.
    ///   - state: the gate's state folder, which has its keys; nil for `state` in the folder.
    ///   - users: the users who may write the folder.
    ///   - endpoint: the server of the published tree.
    ///   - timeoutMilliseconds: the limit of one post.
    ///   - everySeconds: the least time between two reports.
    package init(
        path: String, root: RootSource, state: String?, users: TrustedUsers, endpoint: HTTPEndpoint,
        timeoutMilliseconds: Int, everySeconds: UInt64
    ) {
        (self.path, self.root, self.users, self.everySeconds) = (path, root, users, everySeconds)
        file = ReportFile(folder: state ?? GateDirectory.statePath(in: path))
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Reports if a report is due; a report that was not acknowledged is sent again first, with the same bytes.
    ///
    /// - Parameters:
    ///   - fetch: `ok`, or the code of the error of the last fetch.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: whether a report was acknowledged.
    /// - Throws: ``SyncError`` or ``HTTPExchangeError``, and ``BundleError`` for a state folder that cannot be used.
    @discardableResult
    package func run(fetch: String, at now: UInt64) throws -> Bool {
        guard file.isWanted else { throw Self.notEnrolled(file.folder) }
        var state = try file.read()
        guard isDue(state, at: now) else { return false }
        let key = try SigningKey(contentsOf: "\(file.folder)/\(GateKeys.signingName)")
        if let pending = state.pending {
            state = try send(pending, by: key, at: now)
            guard isDue(state, at: now) else { return true }
        }
        try send(try make(fetch: fetch, by: key, at: now), by: key, at: now)
        return true
    }

    private func isDue(_ state: ReportState, at now: UInt64) -> Bool {
        if state.failureCount > 0 {
            let doubled = Self.retrySeconds << min(state.failureCount - 1, Self.doublingCountMax)
            return now < state.failedAt || now - state.failedAt >= min(doubled, everySeconds)
        }
        return state.pending != nil || now < state.reportedAt || now - state.reportedAt >= everySeconds
    }

    /// Makes a report on the disk; another process may have made one meanwhile, and then that one counts.
    private func make(fetch: String, by key: SigningKey, at now: UInt64) throws -> SignedGateReport {
        let facts = GateFacts(path: path, root: root, state: file.folder, users: users)
        let gate = GateIdentifier(of: key.verificationKey)
        let state = try file.update { (state) throws(BundleError) in
            guard state.pending == nil else { return }
            state.add(VerdictCounts(), warnings: facts.warnings(at: now), since: now)
            let since = state.countedSince == 0 ? now : state.countedSince
            let draft = facts.draft(
                of: gate, counter: state.nextCounter(at: now), at: now, since: since, fetch: fetch)
            do throws(SigningError) {
                try state.make(draft, by: key)
            } catch {
                throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
            }
        }
        guard let pending = state.pending else { throw Self.notEnrolled(file.folder) }
        return pending
    }

    /// Posts a report, and drops it from the state once the answer says that it is kept.
    @discardableResult
    private func send(_ signed: SignedGateReport, by key: SigningKey, at now: UInt64) throws -> ReportState {
        let gate = GateIdentifier(of: key.verificationKey)
        let report: GateReport
        do throws(BundleError) {
            report = try signed.report(of: gate, signedBy: key.verificationKey)
        } catch {
            // Made under other keys, or by a later version.
            try file.update { (state) throws(BundleError) in state.discard(signed) }
            throw error
        }
        do {
            try post(signed, report)
        } catch {
            let isRefused = (error as? SyncError)?.code == .reportRefused
            try file.update { (state) throws(BundleError) in
                if isRefused { state.withdraw(report, signed) }
                state.noteFailure(at: now)
            }
            throw error
        }
        return try file.update { (state) throws(BundleError) in state.acknowledge(report, signed) }
    }

    private func post(_ signed: SignedGateReport, _ report: GateReport) throws {
        let body = Array(signed.json.encoded().utf8)
        let response = try exchange.post(path: "/\(report.gate.text)/report", body: body)
        let answer = try? JSONValue.parse(response.body, byteCountMax: Self.answerByteCountMax)
        switch response.status {
        case 200 where answer?["counter"]?.unsigned == report.counter: return
        case 400, 409, 413:
            let code = answer?["error"]?["code"]?.string.flatMap { VerdictCounts.isName($0) ? $0 : nil }
            throw SyncError(
                .reportRefused, "the issuer refuses the gate's report: \(code ?? "status \(response.status)")",
                hint: "the counts go into the next report; ask the issuer's operator if this stays")
        default:
            throw SyncError(
                .reportUnacknowledged, "the gate's report was answered with status \(response.status)",
                hint: "the report is sent again later; check that the server passes POST URL/GATE/report on")
        }
    }

    private static func notEnrolled(_ folder: String) -> SyncError {
        SyncError(
            .notEnrolled, "\(folder) has no key of a gate, so no report can be signed",
            hint: "enrol the gate with `verify enrol`, and name its state folder with --state")
    }
}
