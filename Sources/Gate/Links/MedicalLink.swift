import Encoding
package import ForeignCodes
package import Platform
import Synchronization

/// The caller's identity, which the insurer's service requires in every request.
package struct MedicalLinkCaller: Sendable, Equatable {
    package let orgId: String
    package let businessType: String
    package let operatorId: String
    package let officeId: String

    package init(orgId: String, businessType: String, operatorId: String, officeId: String) {
        self.orgId = orgId
        self.businessType = businessType
        self.operatorId = operatorId
        self.officeId = officeId
    }
}

/// The part of the insurer's answer that the gate uses.
package struct InsuredPerson: Sendable, Equatable {
    /// 12 bytes, as in the medical seal.
    package let insuredId: [UInt8]
    /// The insured region: six digits of GB/T 2260.
    package let region: String
    /// `active`, or the insurer's word for another state: 1 to 32 characters from a to z and `_`.
    package let status: String

    /// Whether the insurance may be used now.
    package var isActive: Bool { status == "active" }

    /// Reads the service's answer; an insured person comes from nowhere else.
    fileprivate init(_ body: [UInt8]) throws(MedicalLinkError) {
        guard let answer = try? JSONValue.parse(body, byteCountMax: MedicalLink.answerByteCountMax, depthMax: 4),
            let insuredId = answer["insuredId"]?.string.flatMap({ try? Hex.decode($0) }), insuredId.count == 12,
            let region = answer["region"]?.string, region.utf8.count == 6,
            region.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let status = answer["status"]?.string, (1...32).contains(status.utf8.count),
            status.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F })
        else { throw .unavailable("the service's answer cannot be read") }
        (self.insuredId, self.region, self.status) = (insuredId, region, status)
    }
}

/// Resolves medical-insurance codes at the insurer's service: a time-out, one retry and a circuit breaker.
package final class MedicalLink: Sendable {
    /// The path the codes are posted to.
    package static let path = "/resolve"
    /// The largest answer that is read as JSON, in bytes.
    package static let answerByteCountMax = 16 << 10
    /// Attempts for one request: the first, and one retry.
    private static let attemptCountMax = 2

    private let exchange: HTTPExchange
    private let caller: MedicalLinkCaller
    private let breaker = Mutex(CircuitBreaker())

    /// Makes a link; it connects at the first request.
    ///
    /// - Parameters:
    ///   - endpoint: the service's address.
    ///   - caller: the identity sent with each request.
    ///   - timeoutMilliseconds: the limit of one attempt; a request makes at most two attempts.
    package init(endpoint: HTTPEndpoint, caller: MedicalLinkCaller, timeoutMilliseconds: Int = 1500) {
        exchange = HTTPExchange(endpoint: endpoint, timeoutMilliseconds: timeoutMilliseconds)
        self.caller = caller
    }

    /// Asks the insurer for the person insured under a code.
    ///
    /// - Parameters:
    ///   - code: the scanned code.
    ///   - now: seconds since 1970, for the circuit breaker.
    /// - Returns: the insured person, with any status; check ``InsuredPerson/isActive``.
    /// - Throws: `link_unavailable` or `no_entitlement`.
    package func resolve(_ code: MedicalInsuranceCode, at now: UInt64) throws(MedicalLinkError) -> InsuredPerson {
        guard breaker.withLock({ $0.isClosed(at: now) }) else {
            throw .unavailable("the link failed repeatedly; the gate pauses before a retry")
        }
        do throws(MedicalLinkError) {
            let person = try ask(code)
            breaker.withLock { $0.succeeded() }
            return person
        } catch {
            breaker.withLock { breaker in
                if error.code == .linkUnavailable { breaker.failed(at: now) } else { breaker.succeeded() }
            }
            throw error
        }
    }

    private func ask(_ code: MedicalInsuranceCode) throws(MedicalLinkError) -> InsuredPerson {
        let question: JSONValue = [
            "code": .string(code.digits), "orgId": .string(caller.orgId), "businessType": .string(caller.businessType),
            "operatorId": .string(caller.operatorId), "officeId": .string(caller.officeId),
        ]
        let body = Array(question.encoded().utf8)
        var failure = MedicalLinkError.unavailable("no request was sent")
        for _ in 0..<Self.attemptCountMax {
            let response: HTTPResponse
            do throws(HTTPExchangeError) {
                response = try exchange.post(path: Self.path, body: body)
            } catch {
                failure = .unavailable(error.reason)
                continue
            }
            switch response.status {
            case 200: return try InsuredPerson(response.body)
            case 404: throw .unknown
            case 500...: failure = .unavailable("the service answered with status \(response.status)")
            default: throw .unavailable("the service answered with status \(response.status)")
            }
        }
        throw failure
    }
}
