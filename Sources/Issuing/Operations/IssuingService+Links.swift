import Credential
import Encoding
import Storage

extension IssuerOperation {
    /// Whether two identifiers belong to one person; a gate asks before it accepts two codes together.
    package static let askLink = reading("link.ask", takes: ["medical", "transit"], subject: { _, _, _ in "link" }) {
        service, request, _ in
        let size = Seals.identifierByteCount
        guard let medical = try request.optionalHex("medical", byteCount: size),
            let transit = try request.optionalHex("transit", byteCount: size)
        else {
            throw OperationError(
                code: .requestMalformed, reason: "the member `medical` or `transit` is missing",
                hint: "send {\"medical\": HEX, \"transit\": HEX}, with 24 hex digits each")
        }
        let isLinked = try service.database.read { [registry = service.registry] database in
            try registry.isLinked(medical: medical, transit: transit, in: database)
        }
        return OperationAnswer(json: ["linked": .bool(isLinked)])
    }
}
