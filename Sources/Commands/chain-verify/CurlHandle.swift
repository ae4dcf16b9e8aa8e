import CCurl

/// Owns one libcurl handle, with the connection that it keeps open from one file to the next.
@safe
final class CurlHandle: Sendable {
    // Used by one thread at a time: whoever has taken it is the only one who has it.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    /// Makes a handle; nil where there is no memory for one.
    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_easy_cleanup(pointer) }
}
