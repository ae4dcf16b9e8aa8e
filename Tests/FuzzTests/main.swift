import Glibc

/// libFuzzer's loop, from the toolchain's runtime.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// One input; exported since the runtime also brings a main of its own that the linker wants complete.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ byteCount: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: byteCount))
    target?.run(input)
    return 0
}

/// What no leak is: constants made once, which the leak checker cannot see behind the tag bits of an enum's pointer.
@_cdecl("__lsan_default_suppressions")
func leakSuppressions() -> UnsafePointer<CChar>? {
    let list: StaticString = "leak:once_slow"
    return unsafe UnsafeRawPointer(list.utf8Start).assumingMemoryBound(to: CChar.self)
}

// libFuzzer starts itself again with the same arguments when it merges, so that the target's name stands elsewhere.
let target = unsafe getenv("FUZZ_TARGET").flatMap { unsafe FuzzTarget(rawValue: String(cString: $0)) }
guard target != nil else {
    print("usage: FUZZ_TARGET=\(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) fuzz-parsers [OPTIONS]")
    exit(64)
}
var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
exit(unsafe runFuzzer(&count, &arguments, testOneInput))
