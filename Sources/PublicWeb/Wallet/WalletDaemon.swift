import Encoding
import NIOPosix
import Platform

/// Passes phones' requests on to the daemon over its socket, in the role `wallet`.
struct WalletDaemon: Sendable {
    /// The longest time of one request: a strip of 31 days is 62 signatures and one commit.
    private static let timeoutMilliseconds = 20_000
    private static let answerByteCountMax = 1 << 20

    private let exchange: HTTPExchange

    /// - Parameter socket: the daemon's socket.
    init(socket: String) {
        exchange = HTTPExchange(endpoint: .socket(path: socket), timeoutMilliseconds: Self.timeoutMilliseconds)
    }

    func reply(to order: WalletOrder, _ operation: WalletOperation) async -> WalletReply {
        do throws(WebError) {
            let (status, answer) = try await post(order.body, to: operation.daemonPath)
            guard status != 200 else { return WalletReply(operation, answer) }
            guard let error = answer["error"], let code = error["code"]?.string else { throw .daemonStrange }
            return WalletReply(
                operation, code: code, reason: error["reason"]?.string ?? "", hint: error["hint"]?.string ?? "",
                status: status)
        } catch {
            return WalletReply(operation, error)
        }
    }

    /// A new nonce for a phone's next proof; nil where the daemon gives none.
    func nonce() async -> String? {
        guard let (status, answer) = try? await post([:], to: WalletOperation.nonce.daemonPath), status == 200 else {
            return nil
        }
        return answer["nonce"]?.string
    }

    private func post(_ body: JSONValue, to path: String) async throws(WebError) -> (status: Int, answer: JSONValue) {
        let response: HTTPResponse
        do {
            response = try await NIOThreadPool.singleton.runIfActive { [exchange] in
                try exchange.post(path: path, body: Array(body.encoded().utf8))
            }
        } catch {
            throw .daemonSilent
        }
        guard let answer = try? JSONValue.parse(response.body, byteCountMax: Self.answerByteCountMax) else {
            throw .daemonStrange
        }
        return (response.status, answer)
    }
}
