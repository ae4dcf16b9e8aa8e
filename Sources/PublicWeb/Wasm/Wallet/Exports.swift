import Encoding
import Signing

nonisolated(unsafe) private var proof = CodeProof()

/// Runs a step over the reserved bytes: 0 for a JSON object, which may be an error, 1 for questions, 2 for bytes.
@_expose(wasm, "run") @_cdecl("run")
public func run(_ step: Int32) -> Int32 {
    Outside.begin()
    var proved = unsafe proof
    let result = result(of: step, in: &proved)
    if let questions = Questions.output {
        unsafe Memory.output = questions
        return 1
    }
    // Only a run without questions has proved anything.
    unsafe proof = proved
    switch result {
    case .object(let object):
        var output: [UInt8] = []
        JSONValue.object(object).appendEncoded(to: &output)
        unsafe Memory.output = output
        return 0
    case .bytes(let bytes):
        unsafe Memory.output = bytes
        return 2
    }
}

private func result(of step: Int32, in proof: inout CodeProof) -> WalletStep.Result {
    do throws(StepFailure) {
        guard let step = WalletStep(rawValue: step), let parts = InputParts(Memory.written) else { throw .misused }
        return try step.run(parts, in: &proof)
    } catch {
        return .object(error.answer)
    }
}
