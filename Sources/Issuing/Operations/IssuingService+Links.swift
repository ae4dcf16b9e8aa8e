import Credential
import Encoding
import Storage

extension IssuerOperation {
    /// Whether two identifiers are one person's; a gate asks before it takes two codes together.
    package static let askLink = inquiry("link.ask", takes: ["medical", "transit"]) { service, request, _ in
        let size = Seals.identifierByteCount
        guard let medical = try request.optionalHex("medical", byteCount: size),
            let transit = try request.optionalHex("transit", byteCount: size)
        else {
            throw OperationError(
                code: .requestMalformed, reason: "a link is asked for by both identifiers",
                hint: "send {\"medical\": HEX, \"transit\": HEX}, 12 bytes each")
        }
        let isLinked = try service.database.read { [registry = service.registry] database in
            try registry.isLinked(medical: medical, transit: transit, in: database)
        }
        return OperationAnswer(json: ["linked": .bool(isLinked)])
    }
}
