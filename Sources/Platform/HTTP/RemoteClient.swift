import CCurl
import Synchronization

/// Asks one service over TCP or TLS, through libcurl, which is opened at the first request.
///
/// libcurl connects, encrypts and takes chunks apart; the head of every answer is read by ``HTTPResponseHead``, as a
/// UNIX socket's is. No redirect is followed, and proxies that the environment names are ignored.
final class RemoteClient: Sendable {
    private static let connectTimeoutMilliseconds = 5000

    private let address: RemoteAddress
    private let timeoutMilliseconds: Int
    /// Handles that no thread uses at the moment, each with the connection that it keeps.
    private let idle = Mutex<[CurlHandle]>([])

    init(_ address: RemoteAddress, timeoutMilliseconds: Int) {
        self.address = address
        self.timeoutMilliseconds = max(timeoutMilliseconds, 1)
    }

    func answer(to request: HTTPRequest) throws(HTTPExchangeError) -> HTTPResponse {
        let kept = idle.withLock { $0.popLast() }
        let handle: CurlHandle
        if let kept { handle = kept } else { handle = try CurlHandle() }
        handle.reset()
        try prepare(handle, for: request)
        let answer = RemoteAnswer(bodyByteCountMax: request.answerByteCountMax)
        let result = try handle.perform(into: answer)
        if let failure = answer.failure { throw failure }
        guard result == CURLE_OK else { throw failure(result, handle, request) }
        // Only after a whole answer: a failure may leave a connection, or the look-up of a name, half done.
        idle.withLock { $0.append(handle) }
        return try answer.response()
    }

    private func prepare(_ handle: CurlHandle, for request: HTTPRequest) throws(HTTPExchangeError) {
        try handle.set(CURLOPT_URL, "\(address.origin)\(address.prefix)\(request.path)")
        try handle.set(CURLOPT_PROTOCOLS_STR, address.isSecure ? "https" : "http")
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_HTTP09_ALLOWED, 0)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_PROXY, "")
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, min(timeoutMilliseconds, Self.connectTimeoutMilliseconds))
        // Without this, a time-out waits until the system's resolver gives up.
        try handle.set(CURLOPT_QUICK_EXIT, 1)
        try handle.set(size: CURLOPT_MAXFILESIZE_LARGE, request.answerByteCountMax)
        // An empty value keeps libcurl from asking whether it may send the body.
        var fields = request.fields.map { "\($0.name): \($0.value)" } + ["Expect:"]
        if request.isOfManyFiles {
            // A log may always compress bundles (C2SP tlog-tiles); the limits count decompressed bytes.
            if request.mayBeCompressed { try handle.set(CURLOPT_ACCEPT_ENCODING, "gzip, identity") }
        } else {
            fields.append("Connection: close")
            try handle.set(CURLOPT_FRESH_CONNECT, 1)
            try handle.set(CURLOPT_FORBID_REUSE, 1)
        }
        if let body = request.body { try handle.set(body: body) }
        if let method = request.method { try handle.set(CURLOPT_CUSTOMREQUEST, method) }
        try handle.set(fields: fields)
        if address.isSecure { try secure(handle) }
    }

    private func secure(_ handle: CurlHandle) throws(HTTPExchangeError) {
        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let identity = address.identity {
            try handle.set(CURLOPT_SSLCERTTYPE, "PEM")
            try handle.set(CURLOPT_SSLKEYTYPE, "PEM")
            try handle.set(CURLOPT_SSLCERT_BLOB, copying: identity.certificate)
            try handle.set(CURLOPT_SSLKEY_BLOB, copying: identity.key)
        }
        guard let authorities = address.authorities else { return }
        // libcurl adds its own file and folder of authorities unless both are taken away.
        try handle.set(CURLOPT_CAINFO, nil)
        try handle.set(CURLOPT_CAPATH, nil)
        try handle.set(CURLOPT_CAINFO_BLOB, copying: authorities)
    }

    private func failure(_ result: CURLcode, _ handle: CurlHandle, _ request: HTTPRequest) -> HTTPExchangeError {
        let cause = handle.text(of: result)
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT:
            return HTTPExchangeError(.unreachable, "nothing answers at \(address.origin)")
        case CURLE_OPERATION_TIMEDOUT: return HTTPExchangeError(.timedOut, "no answer within the time-out")
        case CURLE_FILESIZE_EXCEEDED: return .bodyTooLarge(request.answerByteCountMax)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR:
            return HTTPExchangeError(
                .untrustedServer, "\(address.origin) does not prove by TLS who it is: \(cause)",
                hint: "check the server's certificate, its name and dates, and the authority that signed it")
        case CURLE_SSL_CERTPROBLEM:
            return HTTPExchangeError(
                .unreachable, "this client's certificate cannot be used: \(cause)",
                hint: "give a certificate in PEM, and the private key that it was made for")
        case CURLE_RECV_ERROR where address.identity != nil, CURLE_SEND_ERROR where address.identity != nil,
            CURLE_GOT_NOTHING where address.identity != nil:
            // The server checks the certificate after the client has finished its handshake (RFC 8446 §4.4).
            return HTTPExchangeError(
                .closed, "\(address.origin) ended the connection, as it does where it refuses a certificate: \(cause)",
                hint: "check that the service's authority has signed this client's certificate, and its dates")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_RECV_ERROR:
            return .malformed(cause)
        default: return HTTPExchangeError(.closed, "the connection was broken off: \(cause)")
        }
    }
}
