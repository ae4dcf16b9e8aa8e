package import Encoding
package import Issuing
import Platform

/// Sends requests to a daemon, one after the other: over its socket on one connection, or over TLS.
package final class IssuerClient {
    /// The most bytes of an answer, with room for a gate bundle with all its status lists.
    private static let answerByteCountMax = 256 << 20

    private let address: DaemonAddress
    private let link: any DaemonLink

    /// The daemon's socket, or its address.
    package var path: String { address.text }

    /// Connects to the daemon's socket.
    ///
    /// - Throws: `daemon_unreachable`.
    package convenience init(path: String) throws(OperationError) {
        try self.init(.socket(path: path))
    }

    /// Connects to a socket; on the network, the first request does.
    ///
    /// - Throws: `daemon_unreachable`.
    package init(_ address: DaemonAddress) throws(OperationError) {
        self.address = address
        do throws(HTTPExchangeError) {
            link =
                switch address {
                case .socket(let path): try SocketDaemonLink(path: path)
                case .remote(let address): RemoteDaemonLink(address)
                }
        } catch {
            throw OperationError(
                code: .daemonUnreachable, reason: "there is no daemon: \(error.reason)",
                hint: "start `suishend --state DIR`, or name its socket with --socket or in SUISHEN_SOCKET")
        }
    }

    /// Whether a daemon listens at a path.
    package static func answers(at path: String) -> Bool {
        do {
            _ = try SocketDaemonLink(path: path)
            return true
        } catch {
            return false
        }
    }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - body: the request's object.
    ///   - idempotencyKey: repeating a request with its key gives the first answer again.
    /// - Returns: the answer.
    /// - Throws: the daemon's refusal, `confirmation_needed`, or `daemon_unreachable`.
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
        if response.status == 202 { throw .confirmationNeeded(try parse(response.body)) }
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

    private func exchange(
        _ target: HTTPRequestTarget, type: String, idempotencyKey: String?
    ) throws(OperationError) -> HTTPResponse {
        var fields: [(name: String, value: String)] = []
        if target.method == .post { fields.append((name: "Content-Type", value: type)) }
        if let idempotencyKey {
            guard (1...128).contains(idempotencyKey.utf8.count),
                idempotencyKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw OperationError(
                    code: .idempotencyKeyInvalid,
                    reason: "an idempotency key is 1 to 128 printable ASCII characters",
                    hint: "use a random key, a UUID for instance")
            }
            fields.append((name: "Idempotency-Key", value: idempotencyKey))
        }
        do throws(HTTPExchangeError) {
            return try link.answer(to: target, fields: fields, byteCountMax: Self.answerByteCountMax)
        } catch {
            if case .remote = address, [.unreachable, .untrustedServer].contains(error.code) {
                throw OperationError(
                    code: .daemonUnreachable, reason: "there is no daemon: \(error.reason)", hint: error.hint)
            }
            let hint = if case .remote = address { "\(error.hint); " } else { "" }
            throw broken(error.reason, hint: hint)
        }
    }

    private func broken(_ what: String, hint: String = "") -> OperationError {
        OperationError(
            code: .daemonUnreachable, reason: "the daemon on \(address.text) broke off: \(what)",
            hint: hint + "send the request again with the same idempotency key; it may or may not have been carried out"
        )
    }
}
