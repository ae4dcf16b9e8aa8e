import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// Prints the result of a command that checks or makes one statement.
struct ProofOutput: ParsableArguments {
    @Flag(help: "Print one JSON object.")
    var json = false

    /// Prints the sentence, or with --json a verdict with the checkpoint's size and root and `members`.
    func print(_ sentence: String, _ checkpoint: Checkpoint, _ members: JSONObject = [:]) {
        guard json else { return StandardStream.output.write(sentence + "\n") }
        let object: JSONObject = [
            "verdict": "intact", "code": "ok", "size": .integer(Int64(clamping: checkpoint.size)),
            "rootHash": .string(Hex.encode(checkpoint.root.bytes)),
        ]
        StandardStream.output.write(JSONValue.object(JSONObject(object.members + members.members)).encoded() + "\n")
    }
}
