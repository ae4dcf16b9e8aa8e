import Encoding

nonisolated(unsafe) private var film = Film()

/// Runs a step over the reserved bytes; the output is JSON, and where the step failed an object with `error`.
@_expose(wasm, "run") @_cdecl("run")
public func run(_ step: Int32) -> Int32 {
    var output: [UInt8] = []
    result(of: step).appendEncoded(to: &output)
    unsafe Memory.output = output
    return 0
}

private func result(of step: Int32) -> JSONValue {
    do throws(StepFailure) {
        guard let step = ScannerStep(rawValue: step), let parts = InputParts(Memory.taken()) else { throw .misused }
        return try unsafe step.run(parts, in: &film)
    } catch {
        return .object(error.answer)
    }
}
