import Encoding
import Signing
import Storage

extension IssuerOperation {
    /// Confirms another operator's request, which is then carried out once: `{"request", "act", …}` of the request.
    package static let confirmRequest = inquiry("confirmation.give", takes: ["request", "digest"]) {
        service, request, caller in
        OperationAnswer(
            json: try await service.confirm(
                try request.string("request"), digest: try request.string("digest"), by: caller))
    }

    /// The requests that wait for a confirmation, or have had it: `{"requests": […]}`.
    package static let listConfirmations = inquiry("confirmation.list") { service, _, caller in
        OperationAnswer(json: ["requests": .array(service.dualRequests.list(at: caller.now))])
    }

    /// The answer to a confirmed request, for the user who asked it.
    package static let confirmedAnswer = inquiry("confirmation.answer", takes: ["request"]) {
        service, request, caller in
        try service.dualRequests.answer(to: try request.string("request"), for: caller)
    }
}

extension IssuingService {
    /// Keeps a request that needs a second operator, in place of carrying it out.
    ///
    /// - Returns: the answer that says so, with the status 202; nil for a request that needs no confirmation.
    /// - Throws: `confirmation_daemon_only`, `confirmations_too_many`, or the error of a request that would be refused.
    func askForConfirmation(
        _ operation: IssuerOperation, _ request: RequestFields, by caller: Caller
    ) async throws -> OperationAnswer? {
        guard let need = operation.dual, settings.dualControl.contains(need.act),
            let particulars = try need.particulars(self, request, caller)
        else { return nil }
        guard !caller.holdsFiles else { throw OperationError.confirmationDaemonOnly(need.act) }
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        let digest = Hex.encode(DigestAlgorithm.sha256.digest(Self.fingerprint(operation, request)))
        if let asked = dualRequests.open(of: caller.identity, digest: digest, at: caller.now) {
            return OperationAnswer(json: asked.json, status: 202)
        }
        let asked = DualRequest(
            identifier: Hex.encode(try random.bytes(DualRequest.identifierByteCount)), act: need.act,
            operation: operation, fields: request, digest: digest, asker: caller, particulars: particulars)
        try dualRequests.add(asked)
        do {
            try await database.write { [registry] in
                try registry.audit(
                    by: caller.identity, action: "confirmation.ask", subject: asked.act.rawValue,
                    detail: .object(asked.detail), at: caller.now, in: $0)
            }
        } catch {
            dualRequests.remove(asked.identifier)
            throw error
        }
        return OperationAnswer(json: asked.json, status: 202)
    }

    /// Confirms a request, and carries it out as its asker.
    ///
    /// The line of the trail with both users is on disk before anything is done. The answer, which may hold keys, goes to
    /// the asker alone.
    fileprivate func confirm(_ identifier: String, digest: String, by caller: Caller) async throws -> JSONValue {
        let asked = try dualRequests.take(identifier, digest: digest, by: caller)
        do {
            try await database.write { [registry] in
                var detail = asked.detail
                detail["askedBy"] = asked.asker.identity.json
                try registry.audit(
                    by: caller.identity, action: IssuerOperation.confirmRequest.name, subject: asked.act.rawValue,
                    detail: .object(detail), at: caller.now, in: $0)
            }
        } catch {
            dualRequests.put(.waiting, for: identifier)
            throw error
        }
        let asker = Caller(
            identity: asked.asker.identity, grants: asked.asker.grants, nowMilliseconds: caller.nowMilliseconds)
        let result: Result<OperationAnswer, OperationError>
        do throws(OperationError) {
            let begun = try await begin(asked.operation, asked.fields, by: asker, isConfirmed: true)
            result = .success(try await begun.answer())
        } catch {
            result = .failure(error)
        }
        let done = DualRequest.State.done(result, until: caller.now + DualRequest.seconds)
        dualRequests.put(done, for: identifier)
        _ = try result.get()
        var carriedOut = asked
        carriedOut.state = done
        return carriedOut.json
    }
}
