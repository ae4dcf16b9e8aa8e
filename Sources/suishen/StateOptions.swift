import ArgumentParser
import CommandSupport
import Encoding
import Glibc
import IssuerService
import Signing

/// The installation that a command works on.
struct StateOptions: ParsableArguments {
    @Option(help: "The installation's folder; SUISHEN_STATE by default.")
    var state: String?

    @Option(help: "Repeating a request with its key gives the first answer again.")
    var idempotencyKey: String?

    @OptionGroup var clock: ClockOptions

    /// Opens the installation for this process alone.
    func service() throws -> IssuingService {
        try IssuingService(Self.folder(state), random: SystemRandom())
    }

    /// Who this process asks as.
    var caller: IssuingService.Caller {
        IssuingService.Caller(uid: getuid(), now: clock.now, idempotencyKey: idempotencyKey)
    }

    /// The folder named on the command line, or by the environment.
    static func folder(_ option: String?) throws(CommandError) -> StateDirectory {
        let variable = unsafe getenv("SUISHEN_STATE").map { unsafe String(cString: $0) }
        guard let path = option ?? variable, !path.isEmpty else {
            throw CommandError(
                code: "state_missing", reason: "no installation is named",
                hint: "name it with --state DIR or in SUISHEN_STATE", status: .usage)
        }
        return StateDirectory(path: path)
    }
}
