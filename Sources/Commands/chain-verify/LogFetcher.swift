import CCurl
import Synchronization
import TraceLog

/// A log behind a daemon's socket or an http(s) URL.
final class LogFetcher: AuditSource {
    private static let timeoutMilliseconds = 30_000
    private static let connectTimeoutMilliseconds = 5_000

    private let base: String
    private let socket: String?
    /// Handles that no thread uses at the moment.
    private let idle = Mutex<[CurlHandle]>([])
    private let pace = Mutex(SourcePace())

    /// A log whose checkpoint is at `base`/checkpoint, reached through the UNIX socket where one is given.
    init(base: String, socket: String? = nil) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.socket = socket
    }

    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        guard let handle = idle.withLock({ $0.popLast() }) ?? CurlHandle() else {
            throw unreadable(path, "out of memory")
        }
        defer { idle.withLock { $0.append(handle) } }
        let answer = Answer(byteCountMax: byteCountMax)
        let start = AuditProgress.milliseconds()
        unsafe configure(handle.pointer, path: path, byteCountMax: byteCountMax)
        let result = withExtendedLifetime(answer) {
            unsafe shim_curl_set_pointer(
                handle.pointer, CURLOPT_WRITEDATA, Unmanaged.passUnretained(answer).toOpaque())
            return unsafe curl_easy_perform(handle.pointer)
        }
        let elapsed = AuditProgress.milliseconds() - start
        let isFastEnough = pace.withLock { $0.note(byteCount: answer.bytes.count, milliseconds: elapsed) }
        if answer.isTooLarge || result == CURLE_FILESIZE_EXCEEDED {
            throw AuditSourceError(
                code: .tooLarge, reason: "\(base)/\(path) holds more than \(byteCountMax) bytes",
                hint: "name a log in tlog-tiles layout")
        }
        guard result == CURLE_OK else {
            throw unsafe unreadable(path, String(cString: curl_easy_strerror(result)))
        }
        guard isFastEnough else { throw unreadable(path, "the server is too slow over the whole audit") }
        var status = 0
        unsafe shim_curl_response_code(handle.pointer, &status)
        switch status {
        case 200: return answer.bytes
        case 404, 410: return nil
        default: throw unreadable(path, "the server answers \(status)")
        }
    }

    private func configure(_ handle: UnsafeMutableRawPointer, path: String, byteCountMax: Int) {
        unsafe shim_curl_set_text(handle, CURLOPT_URL, "\(base)/\(path)")
        unsafe shim_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        // A log may always compress bundles (C2SP tlog-tiles); the limits count decompressed bytes.
        unsafe shim_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip, identity")
        if let socket { unsafe shim_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, socket) }
        unsafe shim_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        unsafe shim_curl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe shim_curl_set_number(handle, CURLOPT_TIMEOUT_MS, Self.timeoutMilliseconds)
        unsafe shim_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeoutMilliseconds)
        unsafe shim_curl_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, byteCountMax)
        unsafe shim_curl_set_writer(handle) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let answer = unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
            return unsafe answer.append(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
    }

    private func unreadable(_ path: String, _ cause: String) -> AuditSourceError {
        AuditSourceError(
            code: .unreadable, reason: "\(base)/\(path) cannot be fetched: \(cause)",
            hint: "check the address and that the daemon or server runs")
    }
}

/// Collects one answer's body, up to its limit.
private final class Answer {
    private let byteCountMax: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isTooLarge = false

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    func append(_ part: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count + part.count <= byteCountMax else {
            isTooLarge = true
            return false
        }
        unsafe bytes.append(contentsOf: part)
        return true
    }
}
