import CCurl

/// Owns one libcurl handle, with the connection that it keeps open from one file to the next.
@safe
final class CurlHandle: Sendable {
    // Used by one thread at a time: a thread takes the handle out of the list of idle ones before it uses it.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    /// Makes a handle; nil when there is no memory.
    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_easy_cleanup(pointer) }
}
