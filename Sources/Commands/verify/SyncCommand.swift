import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Platform

/// Fetches a gate's newest bundle from a published tree.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Fetch the newest bundle, its root documents, status lists and this gate's keys over HTTP.",
        discussion: """
            Everything is checked as a gate checks it before anything is replaced; then generations/N is written in \
            the bundle's folder, and the link current moves to it in one step. A running gate takes it up within a \
            second. Whatever fails, the folder keeps the generation that it had. An enrolled gate's sealed keys never \
            keep the rest away: if they fail alone, the rest is taken. Exits 0 when the folder is up to date, 1 when \
            the server's files or its keys are refused, and 75 when the same command can succeed later.
            """)

    @Option(help: "The bundle's folder, which `verify --bundle` reads; it must exist.")
    var bundle: String

    @Option(
        help: ArgumentHelp(
            "The published tree: https://HOST[:PORT][/PREFIX], or http to this machine only.", valueName: "URL"))
    var from: String

    @Option(
        help: ArgumentHelp(
            "The trust anchor: a PEM file in place of root.pem in the bundle's folder, or the SHA-256 of its key.",
            valueName: "FILE|DIGEST"))
    var root: String?

    @Option(help: "The folder for the state, as given to the gate where both run as one user.")
    var state: String?

    @Option(help: "A user, by number, who may write the bundle's folder besides root and this user.")
    var syncUser: UInt32?

    @Option(
        help: ArgumentHelp(
            "Stay, and fetch again after so many seconds, a tenth more or less, and later after failures.",
            valueName: "SECONDS"))
    var every: UInt32?

    @Option(help: ArgumentHelp("The most seconds for one file.", valueName: "SECONDS"))
    var timeout: UInt32 = 60

    @OptionGroup var reporting: ReportOptions

    @Option(help: "The seconds by which signed material may be dated ahead of the clock.")
    var clockSkew = Scene.clockSkewSecondsDefault

    @Option(help: "Unix time in seconds, in place of the clock; the state is then read and never advanced.")
    var at: UInt64?

    @Flag(help: "One JSON object a line; this is always the output.")
    var json = false

    func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout is 1 to 3600 seconds") }
        if let every, !(1...86_400).contains(every) { throw ValidationError("--every is 1 to 86400 seconds") }
        guard clockSkew <= Scene.clockSkewSecondsMax else {
            throw ValidationError("--clock-skew is \(Scene.clockSkewSecondsMax) seconds at most")
        }
        guard !reporting.report || at == nil else {
            throw ValidationError("--report and --at exclude each other")
        }
        guard case .remote? = HTTPEndpoint(from) else {
            throw ValidationError("--from is https://HOST[:PORT][/PREFIX]; http is for this machine only")
        }
    }

    func run() throws {
        guard let endpoint = HTTPEndpoint(from) else { throw ValidationError("--from is no address") }
        let (anchor, users) = (root.map(RootSource.init) ?? .folder, TrustedUsers.own(and: syncUser))
        let sync = BundleSync(
            path: bundle,
            files: PublishedFiles(address: from, endpoint: endpoint, timeoutMilliseconds: Int(timeout) * 1000),
            root: anchor, state: state, users: users, isTimeGiven: at != nil, skewSeconds: clockSkew)
        let report = reporting.report ? report(to: endpoint, anchor, users) : nil
        var notes = SyncNotes(address: from)
        guard let every else {
            let outcome: BundleSync.Outcome
            do {
                outcome = try fetch(sync)
            } catch {
                report?.follow(error as? CommandError ?? CommandError(unexpected: error))
                throw error
            }
            print(outcome)
            let status = notes.tell(outcome.keys)
            report?.follow(nil)
            if let status { throw ExitCode(status.rawValue) }
            return
        }
        var hasPrinted = false
        var reported: CommandError?
        SyncLoop(milliseconds: Int(every) * 1000).run {
            do {
                let outcome = try fetch(sync)
                if outcome.isUpdated || !hasPrinted { print(outcome) }
                (hasPrinted, reported) = (true, nil)
                _ = notes.tell(outcome.keys)
                report?.follow(nil)
                return true
            } catch {
                let error = error as? CommandError ?? CommandError(unexpected: error)
                // The end that was asked for is no failure, and one that stays is reported once.
                if error != reported, !SyncLoop.isStopped { Diagnostics(command: "verify").report(error) }
                reported = error
                report?.follow(error)
                return false
            }
        }
    }

    private func report(to endpoint: HTTPEndpoint, _ anchor: RootSource, _ users: TrustedUsers) -> SyncReport {
        SyncReport(
            GateReporter(
                path: bundle, root: anchor, state: state, users: users, endpoint: endpoint,
                timeoutMilliseconds: Int(timeout) * 1000, everySeconds: UInt64(reporting.reportEvery)))
    }

    private func fetch(_ sync: BundleSync) throws -> BundleSync.Outcome {
        do {
            return try sync.run(at: at ?? WallClock.seconds()) { every != nil && SyncLoop.isStopped }
        } catch {
            throw SyncNotes.commandError(error, from: from)
        }
    }

    private func print(_ outcome: BundleSync.Outcome) {
        var result: JSONObject = [
            "updated": .bool(outcome.isUpdated), "bundleVersion": .integer(Int64(clamping: outcome.bundleVersion)),
            "generation": .integer(Int64(clamping: outcome.generation)),
            "fetchedBytes": .integer(Int64(outcome.fetchedByteCount)),
        ]
        if let keys = outcome.keys {
            result["keys"] = .string(keys.state.name)
            if let day = keys.lastDay { result["keysUntil"] = .integer(Int64(clamping: (day + 1) * 86_400)) }
        }
        StandardStream.output.write(JSONValue.object(result).encoded() + "\n")
    }
}
