import ArgumentParser
import CommandSupport
import Gate
import Platform

/// The options of reporting after a fetch.
struct ReportOptions: ParsableArguments {
    @Flag(help: "After a fetch, report to the issuer at URL/GATE/report; the gate must be enrolled.")
    var report = false

    @Option(help: ArgumentHelp("The least seconds between two reports.", valueName: "SECONDS"))
    var reportEvery: UInt32 = 900

    func validate() throws {
        guard (1...86_400).contains(reportEvery) else {
            throw ValidationError("--report-every is 1 to 86400 seconds")
        }
    }
}

/// Reports after each fetch where a report is due; a failure is told once, and changes nothing else.
final class SyncReport {
    private let reporter: GateReporter
    /// The failure that was told and has lasted since.
    private var told: CommandError?

    init(_ reporter: GateReporter) {
        self.reporter = reporter
    }

    /// Reports if that is due.
    ///
    /// - Parameter failure: the error of the fetch; nil after a successful one.
    func follow(_ failure: CommandError?) {
        do {
            if try reporter.run(fetch: failure?.code ?? "ok", at: WallClock.seconds()) { told = nil }
        } catch {
            guard let error = error as? any CodedError else { return tell(Self.unexpected(error)) }
            tell(CommandError(undecided: error))
        }
    }

    private func tell(_ error: CommandError) {
        guard error != told, !SyncLoop.isStopped else { return }
        told = error
        Diagnostics(command: "verify").report(error)
    }

    private static func unexpected(_ error: any Error) -> CommandError {
        CommandError(
            code: "unexpected", reason: "the report failed: \(error)", hint: "report this with the line above",
            status: .malfunction)
    }
}
