import Encoding

/// Runs a step over the reserved bytes: 0 for a JSON object, which may be an error, and 2 for bytes.
@_expose(wasm, "run") @_cdecl("run")
public func run(_ step: Int32) -> Int32 {
    switch result(of: step) {
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

private func result(of step: Int32) -> WalletStep.Result {
    do throws(StepFailure) {
        guard let step = WalletStep(rawValue: step), let parts = InputParts(Memory.written) else { throw .misused }
        return try step.run(parts)
    } catch {
        return .object(error.answer)
    }
}
