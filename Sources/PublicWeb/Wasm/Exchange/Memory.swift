/// The module's memory between two calls of the page's script.
enum Memory {
    /// The bytes that the script writes before a call.
    nonisolated(unsafe) static var input: [UInt8] = []
    /// The bytes that the script reads after a call.
    nonisolated(unsafe) static var output: [UInt8] = []

    /// The bytes that the script wrote into the reserved room.
    static var written: [UInt8] { unsafe Array(input.dropLast()) }

    /// Takes the bytes that the script wrote, without a copy; the next call writes others.
    static func taken() -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe swap(&bytes, &input)
        _ = bytes.popLast()
        return bytes
    }
}

/// Makes room for `byteCount` bytes of input; 0 where that is too much.
@_expose(wasm, "reserve") @_cdecl("reserve")
public func reserve(_ byteCount: Int32) -> UnsafeMutableRawPointer? {
    guard (0...Memory.byteCountMax).contains(Int(byteCount)) else { return nil }
    unsafe Memory.input = [UInt8](repeating: 0, count: Int(byteCount) + 1)
    return unsafe Memory.input.withUnsafeMutableBytes { $0.baseAddress }
}

/// Where the output of the last run begins.
@_expose(wasm, "output") @_cdecl("output")
public func output() -> UnsafeRawPointer? {
    unsafe Memory.output.withUnsafeBytes { unsafe $0.baseAddress.map { unsafe UnsafeRawPointer($0) } }
}

/// The byte count of the last run's output.
@_expose(wasm, "outputByteCount") @_cdecl("outputByteCount")
public func outputByteCount() -> Int32 { Int32(clamping: unsafe Memory.output.count) }
