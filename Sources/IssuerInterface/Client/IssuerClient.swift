package import Encoding
import Glibc
package import Issuing
import Platform

/// Sends requests to a daemon over its socket: HTTP/1.1 on one connection, one request after the other.
package final class IssuerClient {
    /// The most bytes of an answer, with room for a gate bundle with all its status lists.
    private static let answerByteCountMax = 256 << 20
    private static let chunkByteCount = 64 << 10

    private let path: String
    private let descriptor: Int32

    /// Connects.
    ///
    /// - Parameter path: the daemon's socket.
    /// - Throws: `daemon_unreachable`.
    package init(path: String) throws(OperationError) {
        self.path = path
        descriptor = UNIXSocket.make()
        guard descriptor >= 0, UNIXSocket.connect(descriptor, to: path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw OperationError(
                code: .daemonUnreachable, reason: "no daemon answers on \(path): \(reason)",
                hint: "start `suishend --state DIR`, or name its socket with --socket or in SUISHEN_SOCKET")
        }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Whether a daemon listens at a path.
    package static func answers(at path: String) -> Bool {
        let probe = UNIXSocket.make()
        defer { Glibc.close(probe) }
        return probe >= 0 && UNIXSocket.connect(probe, to: path) == 0
    }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - body: the request's object.
    ///   - idempotencyKey: repeating a request with its key gives the first answer again.
    /// - Returns: the answer.
    /// - Throws: the daemon's refusal, or `daemon_unreachable`.
    package func ask(
        _ operation: IssuerOperation, _ body: JSONValue, idempotencyKey: String? = nil
    ) throws(OperationError) -> JSONValue {
        let response = try fetch(operation, body, idempotencyKey: idempotencyKey)
        return try parse(response)
    }

    /// Sends one request, and returns the bytes of its answer, which need not be JSON.
    package func fetch(
        _ operation: IssuerOperation, _ body: JSONValue, idempotencyKey: String? = nil
    ) throws(OperationError) -> [UInt8] {
        let target = try HTTPRequestTarget(operation, body.object ?? [:])
        let response = try exchange(target, type: "application/json", idempotencyKey: idempotencyKey)
        guard response.status == 200 else {
            throw OperationError(answer: try parse(response.body), httpStatus: response.status)
        }
        return response.body
    }

    /// Sends many requests for one operation, and returns the answer or error of each, in order.
    ///
    /// - Parameters:
    ///   - operation: the operation of every line.
    ///   - lines: one request's JSON each, without a line feed.
    /// - Returns: one answer per line; the answer to a refused line has the member `error`.
    /// - Throws: when the batch as a whole was refused, or the connection broke.
    package func ask(_ operation: IssuerOperation, lines: [[UInt8]]) throws(OperationError) -> [JSONValue] {
        guard !lines.isEmpty else { return [] }
        var bytes: [UInt8] = []
        for line in lines {
            bytes.append(contentsOf: line)
            bytes.append(UInt8(ascii: "\n"))
        }
        let target = try HTTPRequestTarget(operation, lines: bytes)
        let response = try exchange(target, type: "application/x-ndjson", idempotencyKey: nil)
        guard response.status == 200 else {
            throw OperationError(answer: try parse(response.body), httpStatus: response.status)
        }
        var answers: [JSONValue] = []
        for line in response.body.split(separator: UInt8(ascii: "\n")) { answers.append(try parse(Array(line))) }
        guard answers.count == lines.count else {
            throw broken("it gave \(answers.count) answers to \(lines.count) lines")
        }
        return answers
    }

    private func parse(_ bytes: [UInt8]) throws(OperationError) -> JSONValue {
        do { return try JSONValue.parse(bytes, byteCountMax: Self.answerByteCountMax) } catch {
            throw broken("its answer is not JSON")
        }
    }

    /// Sends a request while reading its answer, because the daemon stops reading while its answers are not read.
    private func exchange(
        _ target: HTTPRequestTarget, type: String, idempotencyKey: String?
    ) throws(OperationError) -> HTTPResponse {
        var head = "\(target.method.rawValue) \(target.path) HTTP/1.1\r\nHost: suishend\r\n"
        if target.method == .post { head += "Content-Type: \(type)\r\nContent-Length: \(target.body.count)\r\n" }
        if let idempotencyKey {
            guard (1...128).contains(idempotencyKey.utf8.count),
                idempotencyKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw OperationError(
                    code: .idempotencyKeyInvalid,
                    reason: "an idempotency key is 1 to 128 printable ASCII characters",
                    hint: "use a random key, a UUID for instance")
            }
            head += "Idempotency-Key: \(idempotencyKey)\r\n"
        }
        var unsent = (Array((head + "\r\n").utf8) + target.body)[...]
        var reader = HTTPResponseReader(bodyByteCountMax: Self.answerByteCountMax)
        while true {
            if let response = try answer(&reader) { return response }
            var event = pollfd(fd: descriptor, events: Int16(unsent.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0)
            guard unsafe poll(&event, 1, -1) > 0 || errno == EINTR else { throw broken("poll failed") }
            if event.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { reader.append(try receive()) }
            if event.revents & Int16(POLLOUT) != 0 { unsent = unsent.dropFirst(try send(unsent)) }
        }
    }

    private func answer(_ reader: inout HTTPResponseReader) throws(OperationError) -> HTTPResponse? {
        do {
            return try reader.response()
        } catch {
            throw broken(error.reason)
        }
    }

    private func receive() throws(OperationError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: Self.chunkByteCount)
        let count = unsafe recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return [] }
        guard count > 0 else { throw broken("it hung up") }
        return Array(chunk[..<count])
    }

    private func send(_ bytes: ArraySlice<UInt8>) throws(OperationError) -> Int {
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
        // After the daemon has hung up, its last answer may still be unread.
        if count < 0, errno == EAGAIN || errno == EINTR || errno == EPIPE { return 0 }
        guard count >= 0 else { throw broken("it hung up") }
        return count
    }

    private func broken(_ what: String) -> OperationError {
        OperationError(
            code: .daemonUnreachable, reason: "the daemon on \(path) broke off: \(what)",
            hint: "send the request again with the same idempotency key; it may or may not have been carried out")
    }
}
