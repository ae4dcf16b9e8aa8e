import Credential
import Encoding
import Storage

extension IssuerOperation {
    /// What is public about an enterprise, an object or a place; nothing is public about a person.
    package static let subjectCard = reading("subject.card", takes: ["subject"]) { service, request, _ in
        let subject = try SubjectIdentifier(try request.string("subject"))
        // The same answer as for an unknown subject, so that nobody learns who is registered.
        guard subject.form != .person else { throw StorageError.subjectUnknown }
        let registered = try service.database.read { [registry = service.registry] in
            try registry.subject(subject, in: $0)
        }
        var card: JSONObject = ["subject": .string(subject.text), "form": .string(subject.form.name)]
        switch registered {
        case .person: throw StorageError.subjectUnknown
        case .enterprise(_, let name): card["name"] = .string(name)
        case .object(_, let object):
            card["kind"] = .string(object.kind.name)
            card["name"] = object.name.map(JSONValue.string) ?? .null
            card["manager"] = .string(object.manager.text)
            card["category"] = .string(object.category.name)
        }
        return OperationAnswer(json: .object(card))
    }
}
