import Signing

/// The questions that a run of the module has for the page's script.
enum Questions {
    /// Each question after its byte count in 4 bytes, big-endian; nil where the last run has none.
    static var output: [UInt8]? {
        let questions = Outside.questions
        guard !questions.isEmpty else { return nil }
        var output: [UInt8] = []
        for question in questions {
            for shift in stride(from: 24, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: question.count >> shift))
            }
            output += question
        }
        return output
    }
}

/// Takes the reserved bytes as the answer to a question of the last run.
@_expose(wasm, "answer") @_cdecl("answer")
public func answer(_ index: Int32) {
    Outside.take(Memory.written, at: Int(index))
}
