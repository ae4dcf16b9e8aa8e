import Credential
import Encoding
import Storage

extension IssuerOperation {
    /// Every live code that the phone's holder may see: of its subject, or of a ward those that this guardian carries.
    package static let walletCodes = inquiry("wallet.codes", takes: ["accessToken", "dpop"]) {
        service, request, caller in
        let (token, _) = try service.access(of: request, at: .codes, caller)
        return OperationAnswer(json: ["codes": .array(try await service.liveCodes(for: token, caller))])
    }
}

extension IssuingService {
    /// The most codes in one answer.
    package static let walletCodeCountMax = 1000

    fileprivate func liveCodes(for token: AccessToken, _ caller: Caller) async throws -> [JSONValue] {
        let holding = try database.read { try self.holding(of: token, at: caller.now, in: $0) }
        guard holding.status == .active else { throw OperationError.walletRevoked }
        try await database.write { [registry] in
            try registry.audit(
                by: caller.identity, action: IssuerOperation.walletCodes.name, subject: holding.subject.subject,
                at: caller.now, in: $0)
        }
        let codes = try database.read {
            try $0.liveCodes(
                of: holding.subject.subject, guardian: holding.subject.guardian, at: caller.now,
                countMax: Self.walletCodeCountMax)
        }
        return codes.map { $0.json(in: holding) }
    }
}

extension LiveCode {
    /// The code in an answer to a phone; it has neither text nor identifier.
    fileprivate func json(in holding: HoldingRecord) -> JSONValue {
        let end: JSONValue = expiresAt.map { .integer(Int64(clamping: $0)) } ?? .null
        return [
            "kind": kind.map { .string($0.name) } ?? .null, "issuedAt": .integer(Int64(clamping: issuedAt)),
            "expiresAt": end, "isHere": .bool(self.holding == holding.identifier),
        ]
    }
}
