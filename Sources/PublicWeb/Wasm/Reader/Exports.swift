import Encoding
import Signing

/// The module's memory between two calls of the page's script.
private enum Memory {
    /// The bytes that the script writes before a call.
    nonisolated(unsafe) static var input: [UInt8] = []
    /// The bytes that the script reads after a call.
    nonisolated(unsafe) static var output: [UInt8] = []
    nonisolated(unsafe) static var proof = PageProof()

    /// The most bytes of one call.
    static let byteCountMax = 32 << 20
}

/// Makes room for `byteCount` bytes of input; 0 where that is too much.
@_expose(wasm, "reserve") @_cdecl("reserve")
public func reserve(_ byteCount: Int32) -> UnsafeMutableRawPointer? {
    guard (0...Memory.byteCountMax).contains(Int(byteCount)) else { return nil }
    unsafe Memory.input = [UInt8](repeating: 0, count: Int(byteCount) + 1)
    return unsafe Memory.input.withUnsafeMutableBytes { $0.baseAddress }
}

/// Runs a step over the reserved bytes: 0 for a result, 1 for questions; the output has either.
@_expose(wasm, "run") @_cdecl("run")
public func run(_ step: Int32) -> Int32 {
    Outside.begin()
    var proof = unsafe Memory.proof
    let answer = answer(of: step, in: &proof)
    let questions = Outside.questions
    var output: [UInt8] = []
    guard questions.isEmpty else {
        for question in questions {
            for shift in stride(from: 24, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: question.count >> shift))
            }
            output += question
        }
        unsafe Memory.output = output
        return 1
    }
    // Only a run without questions has proved anything.
    unsafe Memory.proof = proof
    JSONValue.object(answer).appendEncoded(to: &output)
    unsafe Memory.output = output
    return 0
}

private func answer(of step: Int32, in proof: inout PageProof) -> JSONObject {
    do throws(StepFailure) {
        let bytes = unsafe Array(Memory.input.dropLast())
        guard let step = Step(rawValue: step), let parts = InputParts(bytes) else { throw .misused }
        return try step.run(parts, in: &proof)
    } catch {
        return ["error": .string(error.code), "reason": .string(error.reason)]
    }
}

/// Takes the reserved bytes as the answer to a question of the last run.
@_expose(wasm, "answer") @_cdecl("answer")
public func answer(_ index: Int32) {
    unsafe Outside.take(Array(Memory.input.dropLast()), at: Int(index))
}

/// Where the output of the last run begins.
@_expose(wasm, "output") @_cdecl("output")
public func output() -> UnsafeRawPointer? {
    unsafe Memory.output.withUnsafeBytes { unsafe $0.baseAddress.map { unsafe UnsafeRawPointer($0) } }
}

/// The byte count of the last run's output.
@_expose(wasm, "outputByteCount") @_cdecl("outputByteCount")
public func outputByteCount() -> Int32 { Int32(clamping: unsafe Memory.output.count) }
