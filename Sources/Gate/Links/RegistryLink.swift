import Encoding
package import Platform
import Synchronization

/// Asks the issuer's daemon whether two identifiers belong to one holder.
package final class RegistryLink: Sendable {
    package static let path = "/v1/links"
    private static let answerByteCountMax = 4096

    private let exchange: HTTPExchange
    private let breaker = Mutex(CircuitBreaker())

    /// Makes a link; it connects at the first request.
    package init(endpoint: HTTPEndpoint, timeoutMilliseconds: Int = 1500) {
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Whether the registry has both identifiers under one person.
    ///
    /// - Throws: `link_unavailable` when the daemon does not answer, or refuses this user.
    package func isLinked(medical: [UInt8], transit: [UInt8], at now: UInt64) throws(Refusal) -> Bool {
        guard breaker.withLock({ $0.isClosed(at: now) }) else {
            throw Refusal(.linkUnavailable, "the issuer's daemon failed repeatedly; the gate pauses before a retry")
        }
        do throws(Refusal) {
            let isLinked = try ask(medical, transit)
            breaker.withLock { $0.succeeded() }
            return isLinked
        } catch {
            breaker.withLock { $0.failed(at: now) }
            throw error
        }
    }

    private func ask(_ medical: [UInt8], _ transit: [UInt8]) throws(Refusal) -> Bool {
        let question: JSONValue = ["medical": .string(Hex.encode(medical)), "transit": .string(Hex.encode(transit))]
        let response: HTTPResponse
        do throws(HTTPExchangeError) {
            response = try exchange.post(path: Self.path, body: Array(question.encoded().utf8))
        } catch {
            throw Refusal(.linkUnavailable, "the issuer's daemon: \(error.reason)")
        }
        let answer = try? JSONValue.parse(response.body, byteCountMax: Self.answerByteCountMax, depthMax: 4)
        guard response.status == 200, let isLinked = answer?["linked"]?.bool else {
            throw Refusal(.linkUnavailable, "the issuer's daemon answered with status \(response.status)")
        }
        return isLinked
    }
}
