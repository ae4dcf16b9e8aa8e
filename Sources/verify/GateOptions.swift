import ArgumentParser
import CommandSupport
import Encoding
import Verification

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

    @Option(help: "Which showings were accepted before; several gates may share the file.")
    var replayStore: String?

    @Option(help: "How many seconds a phone's clock may be ahead, in place of the scene's number.")
    var clockSkew: UInt64?

    /// Opens the bundle and sets the gate up.
    func gate() throws -> Gate {
        guard let bundle, let scene = self.scene else {
            throw CommandError(
                code: "usage", reason: "a gate needs a bundle and a scene", hint: "give --bundle DIR and --scene SCENE",
                status: .usage)
        }
        let directory = try GateDirectory(path: bundle, root: root, state: state)
        guard let found = directory.bundle.scene(named: scene) else {
            let names = directory.bundle.scenes.map(\.name).joined(separator: ", ")
            throw CommandError(
                code: "unknown_scene", reason: "the bundle has no scene \(scene)",
                hint: "name one of \(names)", status: .usage)
        }
        let replay =
            found.isReplayRefused
            ? try ReplayStore(path: replayStore ?? "\(directory.statePath)/replay") : nil
        return Gate(
            directory: directory, scene: found, replay: replay, challenge: try challengeBytes(),
            skewSeconds: clockSkew)
    }

    private func challengeBytes() throws -> [UInt8]? {
        guard let challenge else { return nil }
        guard let bytes = try? Hex.decode(challenge), (8...16).contains(bytes.count) else {
            throw CommandError(
                code: "challenge_malformed", reason: "the challenge is not 16 to 32 hexadecimal digits",
                hint: "give 8 to 16 bytes in hex", status: .usage)
        }
        return bytes
    }

    func validate() throws {
        if let clockSkew, clockSkew > Self.clockSkewSecondsMax {
            throw ValidationError("--clock-skew is \(Self.clockSkewSecondsMax) seconds at most")
        }
    }

    /// With the longest life of a showing it stays within what the replay store remembers.
    private static let clockSkewSecondsMax = ReplayStore.windowSeconds - Scene.presentationAgeSecondsMax
}
