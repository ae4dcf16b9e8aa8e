import Credential
import Platform

/// What a gate's folders say for a report, read without changing anything.
struct GateFacts: Sendable {
    private let directory: GateDirectory?
    /// The code of the error that keeps the folder's bundle from being used.
    private let failure: String?
    private let clockOffsetSeconds: Int64?

    init(path: String, root: RootSource, state: String, users: TrustedUsers) {
        clockOffsetSeconds = ClockWatch.offsetSeconds(at: GateState.clockPath(in: state))
        do throws(BundleError) {
            directory = try GateDirectory(path: path, root: root, state: state, users: users, isTimeGiven: true)
            failure = nil
        } catch {
            (directory, failure) = (nil, error.code.rawValue)
        }
    }

    /// A report without counts.
    func draft(of gate: GateIdentifier, counter: UInt64, at now: UInt64, since: UInt64, fetch: String) -> GateReport {
        var report = GateReport(gate: gate, counter: counter, issuedAt: now, countedSince: since, fetch: fetch)
        report.clockOffsetSeconds = clockOffsetSeconds
        guard let directory else { return report }
        let bundle = directory.bundle
        report.bundle = .init(version: bundle.version, issuedAt: bundle.issuedAt)
        report.rootVersion = directory.warrant?.document.version
        let lists = bundle.statusLists.map { list in
            GateReport.ListTime(name: list.name, issuedAt: directory.memory.newestTime(ofList: list.name))
        }
        report.listCount = UInt64(lists.count)
        let oldest = lists.sorted { ($0.issuedAt, $0.name) < ($1.issuedAt, $1.name) }.prefix(GateReport.listCountMax)
        report.lists = oldest.sorted { $0.name < $1.name }
        let hot = directory.memory.newestTime(ofList: HotListToken.name)
        report.hotListTime = hot > 0 ? hot : nil
        if !directory.epochKeys.isInClear { report.keysLastDay = directory.epochKeys.lastDay }
        return report
    }

    /// The warnings that the folder itself gives.
    func warnings(at now: UInt64) -> Set<String> {
        let keys = directory?.epochKeys.refusal(at: now, skewSeconds: Scene.clockSkewSecondsDefault)
        return Set([failure, keys?.code.rawValue].compactMap(\.self))
    }
}
