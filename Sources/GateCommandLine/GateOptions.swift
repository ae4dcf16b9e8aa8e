package import ArgumentParser
package import CommandSupport
import Gate
import Platform

/// The options of every gate, whether `verify` or the kiosk runs it.
package struct GateOptions: ParsableArguments {
    @Option(help: "The bundle's folder, made by `suishen bundle export`.")
    var bundle: String?

    @Option(help: "The gate's scene, as the bundle names it: metro-gate, bus, hospital, …")
    var scene: String?

    @Option(
        help: ArgumentHelp(
            "The trust anchor: a PEM file in place of root.pem in the bundle's folder, or the SHA-256 of its key.",
            valueName: "FILE|DIGEST"))
    var root: String?

    @Option(help: "The folder for the gate's state, outside the bundle's folder; a trial keeps it in that folder.")
    var state: String?

    @Option(help: "A user, by number, who may write the bundle's folder besides root and this user.")
    var syncUser: UInt32?

    @Option(
        help: """
            The file of accepted showings; each is kept for longer than it stays fresh, and several gates may share \
            the file. Medical-insurance codes contain no time: each is kept for at least 256 seconds, and the insurer \
            decides when the code ends.
            """)
    var replayStore: String?

    @Option(help: "The seconds by which a phone's clock may be ahead, in place of the scene's number.")
    var clockSkew: UInt64?

    @Option(help: "The ride's highest fare, in hundredths of a yuan; a transit code that covers less is refused.")
    var fare: UInt64 = 0

    @OptionGroup var linkOptions: LinkOptions

    @OptionGroup package var recordOptions: RecordOptions

    @Option(
        help: "The folder in which an enrolled gate keeps a sealed receipt of each accepted code that a phone showed.")
    var receipts: String?

    package init() {}

    /// The settings of a gate.
    ///
    /// - Parameters:
    ///   - command: the name of the command that runs the gate.
    ///   - at: the time to use in place of the clock.
    ///   - challenge: the challenge the phone must have answered, in hex.
    /// - Returns: the settings.
    /// - Throws: `usage` for an address of a service that anybody on the way could answer for.
    package func settings(
        of command: String, at: UInt64?, challenge: String? = nil
    ) throws(CommandError) -> GateSettings {
        var settings = GateSettings(
            of: command, at: at, bundle: bundle, scene: scene, root: root.map(RootSource.init) ?? .folder,
            state: state)
        (settings.challenge, settings.replayStore) = (challenge, replayStore)
        (settings.clockSkew, settings.fare) = (clockSkew, fare)
        (settings.links, settings.socket) = (try linkOptions.links, linkOptions.socket)
        (settings.event, settings.spool) = (recordOptions.template, recordOptions.spool)
        (settings.receipts, settings.users) = (receipts, .own(and: syncUser))
        return settings
    }

    package func validate() throws {
        if let clockSkew, clockSkew > Scene.clockSkewSecondsMax {
            throw ValidationError("--clock-skew is \(Scene.clockSkewSecondsMax) seconds at most")
        }
    }
}
