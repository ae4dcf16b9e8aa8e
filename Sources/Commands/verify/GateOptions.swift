import ArgumentParser
import Gate

/// What every way of scanning asks for.
struct GateOptions: ParsableArguments {
    @Option(help: "The bundle's folder, made by `suishen bundle export`.")
    var bundle: String?

    @Option(help: "What kind of gate this is: metro-gate, bus, hospital, … as the bundle names them.")
    var scene: String?

    @Option(help: "The trust anchor's PEM file, in place of root.pem in the bundle's folder.")
    var root: String?

    @Option(help: "Where the gate remembers what it has seen, in place of state in the bundle's folder.")
    var state: String?

    @Option(help: "The challenge the phone must have answered, 16 to 32 hexadecimal digits.")
    var challenge: String?

    @Option(
        help: """
            Which showings were accepted before, each for longer than it stays fresh; several gates may share the file. \
            Medical-insurance codes bear no time: they are known again for 256 seconds at least, and their end is the \
            insurer's to say.
            """)
    var replayStore: String?

    @Option(help: "How many seconds a phone's clock may be ahead, in place of the scene's number.")
    var clockSkew: UInt64?

    @Option(help: "What the ride costs at most, in hundredths of a yuan; a transit code that pays less is refused.")
    var fare: UInt64 = 0

    @OptionGroup var linkOptions: LinkOptions

    @OptionGroup var recordOptions: RecordOptions

    var settings: GateSettings {
        GateSettings(
            bundle: bundle, scene: scene, root: root, state: state, challenge: challenge, replayStore: replayStore,
            clockSkew: clockSkew, fare: fare, links: linkOptions.links, socket: linkOptions.socket,
            event: recordOptions.template, spool: recordOptions.spool)
    }

    func validate() throws {
        if let clockSkew, clockSkew > Scene.clockSkewSecondsMax {
            throw ValidationError("--clock-skew is \(Scene.clockSkewSecondsMax) seconds at most")
        }
    }
}
