import ArgumentParser
import CommandSupport
import Encoding
import TraceLog

/// How the outcome of a command that checks or makes one statement is printed.
struct ProofOutput: ParsableArguments {
    @Flag(help: "Print one JSON object.")
    var json = false

    /// Prints the sentence for people, or for programs a verdict with the checkpoint's size and root and `members`.
    func print(_ sentence: String, _ checkpoint: Checkpoint, _ members: JSONObject = [:]) {
        guard json else { return StandardStream.output.write(sentence + "\n") }
        let object: JSONObject = [
            "verdict": "intact", "code": "ok", "size": .integer(Int64(clamping: checkpoint.size)),
            "rootHash": .string(Hex.encode(checkpoint.root.bytes)),
        ]
        StandardStream.output.write(JSONValue.object(JSONObject(object.members + members.members)).encoded() + "\n")
    }
}
