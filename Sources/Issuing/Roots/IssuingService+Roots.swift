import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// Puts a chain of root documents into the installation, whose next bundle and publication take it.
    package static let publishRoots = inquiry("root.publish", takes: ["chain"]) { service, request, caller in
        OperationAnswer(json: try await service.publishRoots(service.rootChain(request), by: caller))
    }.confirmed(.publishRoot) { service, request, _ in
        IssuingService.particulars(of: try service.rootChain(request))
    }
}

extension IssuingService {
    /// A chain that leads from this installation's first root; every document of it is checked.
    fileprivate func rootChain(_ request: RequestFields) throws -> RootChain {
        guard let bytes = try? Base64.decode(try request.string("chain")) else {
            throw OperationError(
                code: .requestMalformed, reason: "`chain` is not Base64", hint: "send the bytes of a roots.cbor")
        }
        let own = try InstallationRoots(state)
        let chain: RootChain
        do {
            chain = try RootChain(bytes, root: own.root)
        } catch {
            throw OperationError(
                code: .rootsBehind, reason: error.reason, hint: "join the signed copies with `suishen root join`")
        }
        guard own.chain?.isContinued(by: chain) != false else {
            throw OperationError(
                code: .rootsBehind, reason: "the chain does not continue the installation's root documents",
                hint: "make the next document from the installation's newest one with `suishen root new`")
        }
        return chain
    }

    /// Says in the trail which document comes into force, and then puts the chain in place.
    fileprivate func publishRoots(_ chain: RootChain, by caller: Caller) async throws -> JSONValue {
        let particulars = Self.particulars(of: chain)
        try await database.write { [registry] in
            try registry.audit(
                by: caller.identity, action: IssuerOperation.publishRoots.name, subject: "roots", detail: particulars,
                at: caller.now, in: $0)
        }
        try InstallationRoots.take(chain, in: state)
        return particulars
    }

    /// The newest document: its version, its digest, and how many roots and bundle keys it lists.
    fileprivate static func particulars(of chain: RootChain) -> JSONValue {
        let newest = chain.newest
        return [
            "version": .integer(Int64(clamping: newest.version)),
            "digest": chain.documents.last.map { .string(Hex.encode($0.digest)) } ?? .null,
            "roots": .array(newest.roots.map { .string(Hex.encode($0.keyIdentifier)) }),
            "threshold": .integer(Int64(newest.threshold)),
            "bundleKeys": .array(newest.bundleKeys.map { .string(Hex.encode($0.key.keyIdentifier)) }),
        ]
    }
}
