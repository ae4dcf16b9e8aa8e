import CCurl

/// Owns one libcurl handle, with the connection that it keeps open from one request to the next.
@safe
final class CurlHandle: Sendable {
    /// libcurl's functions, opened when the first handle is made; nil when libcurl cannot be loaded.
    ///
    /// Never changed after that, so that every thread may read it.
    nonisolated(unsafe) private static let library: shim_curl? = {
        var library = unsafe shim_curl()
        return unsafe shim_curl_open(&library) ? library : nil
    }()

    // Used by one thread at a time: a thread takes the handle out of the list of idle ones before it uses it.
    nonisolated(unsafe) private let pointer: UnsafeMutableRawPointer
    nonisolated(unsafe) private let curl: shim_curl
    /// The header fields of the next request, which libcurl reads while it sends them.
    nonisolated(unsafe) private var fields: UnsafeMutablePointer<curl_slist>?

    /// Makes a handle.
    ///
    /// - Throws: `unreachable` when libcurl cannot be loaded or there is no memory.
    init() throws(HTTPExchangeError) {
        guard let curl = unsafe Self.library, let pointer = unsafe curl.easy_init() else {
            throw HTTPExchangeError(
                .unreachable, "libcurl.so.4 cannot be loaded", hint: "install the system's package libcurl4")
        }
        unsafe self.curl = curl
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe curl.easy_cleanup(pointer)
        unsafe curl.slist_free_all(fields)
    }

    /// Takes back every setting; connections and TLS sessions stay.
    func reset() {
        unsafe curl.easy_reset(pointer)
        unsafe curl.slist_free_all(fields)
        unsafe fields = nil
    }

    func set(_ option: CURLoption, _ text: String?) throws(HTTPExchangeError) {
        try unsafe check(withUnsafePointer(to: curl) { unsafe shim_curl_set_text($0, pointer, option, text) })
    }

    func set(_ option: CURLoption, _ number: Int) throws(HTTPExchangeError) {
        try unsafe check(withUnsafePointer(to: curl) { unsafe shim_curl_set_number($0, pointer, option, number) })
    }

    func set(size option: CURLoption, _ byteCount: Int) throws(HTTPExchangeError) {
        try unsafe check(withUnsafePointer(to: curl) { unsafe shim_curl_set_size($0, pointer, option, byteCount) })
    }

    /// Sets an option to bytes that libcurl copies at once.
    func set(_ option: CURLoption, copying bytes: [UInt8]) throws(HTTPExchangeError) {
        try unsafe check(
            withUnsafePointer(to: curl) { curl in
                unsafe bytes.withUnsafeBytes {
                    unsafe shim_curl_set_copied(curl, pointer, option, $0.baseAddress, $0.count)
                }
            })
    }

    /// Sets the body of a POST, which libcurl copies at once.
    func set(body: [UInt8]) throws(HTTPExchangeError) {
        try set(size: CURLOPT_POSTFIELDSIZE_LARGE, body.count)
        var body = body
        try unsafe check(
            withUnsafePointer(to: curl) { curl in
                unsafe body.withUnsafeMutableBytes {
                    unsafe shim_curl_set_pointer(curl, pointer, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
                }
            })
    }

    /// Sets the header fields of the request, each as `NAME: VALUE`.
    func set(fields texts: [String]) throws(HTTPExchangeError) {
        for text in texts {
            guard let longer = unsafe curl.slist_append(fields, text) else {
                throw HTTPExchangeError(.unreachable, "out of memory", hint: "free memory and try again")
            }
            unsafe fields = longer
        }
        try unsafe check(
            withUnsafePointer(to: curl) { unsafe shim_curl_set_pointer($0, pointer, CURLOPT_HTTPHEADER, fields) })
    }

    /// Sends the request, and has `answer` take what comes.
    func perform(into answer: RemoteAnswer) throws(HTTPExchangeError) -> CURLcode {
        defer { withExtendedLifetime(answer) {} }
        let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
        try unsafe take(CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, context) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let answer = unsafe Unmanaged<RemoteAnswer>.fromOpaque(context).takeUnretainedValue()
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe answer.takeLine(line) ? line.count : 0
        }
        try unsafe take(CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, context) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let answer = unsafe Unmanaged<RemoteAnswer>.fromOpaque(context).takeUnretainedValue()
            let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe answer.takeBody(part) ? part.count : 0
        }
        return unsafe curl.easy_perform(pointer)
    }

    /// The library's words for a result.
    func text(of result: CURLcode) -> String {
        unsafe curl.easy_strerror(result).map { unsafe String(cString: $0) } ?? "error \(result.rawValue)"
    }

    private func take(
        _ function: CURLoption, _ data: CURLoption, _ context: UnsafeMutableRawPointer, _ taker: shim_curl_taker
    ) throws(HTTPExchangeError) {
        try unsafe check(
            withUnsafePointer(to: curl) { unsafe shim_curl_set_taker($0, pointer, function, taker) })
        try unsafe check(withUnsafePointer(to: curl) { unsafe shim_curl_set_pointer($0, pointer, data, context) })
    }

    /// A setting that libcurl does not take could leave a connection without a check.
    private func check(_ result: CURLcode) throws(HTTPExchangeError) {
        guard result == CURLE_OK else {
            throw HTTPExchangeError(
                .unreachable, "libcurl cannot be set up: \(text(of: result))",
                hint: "install libcurl 7.87 or newer, with TLS")
        }
    }
}
