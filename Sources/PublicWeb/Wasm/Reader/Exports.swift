import Encoding
import Signing

nonisolated(unsafe) private var proof = PageProof()

/// Runs a step over the reserved bytes: 0 for a result, 1 for questions; the output has either.
@_expose(wasm, "run") @_cdecl("run")
public func run(_ step: Int32) -> Int32 {
    Outside.begin()
    var proved = unsafe proof
    let answer = answer(of: step, in: &proved)
    if let questions = Questions.output {
        unsafe Memory.output = questions
        return 1
    }
    // Only a run without questions has proved anything.
    unsafe proof = proved
    var output: [UInt8] = []
    JSONValue.object(answer).appendEncoded(to: &output)
    unsafe Memory.output = output
    return 0
}

private func answer(of step: Int32, in proof: inout PageProof) -> JSONObject {
    do throws(StepFailure) {
        guard let step = Step(rawValue: step), let parts = InputParts(Memory.written) else { throw .misused }
        return try step.run(parts, in: &proof)
    } catch {
        return error.answer
    }
}
