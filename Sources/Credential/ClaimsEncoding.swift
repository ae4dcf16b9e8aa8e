import Encoding

extension Claims {
    /// The claims as a deterministic CBOR map; not checked, see ``check(suite:)``.
    func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 160)
        let cti = person?.cti
        let optional = [expiresAt != nil, notBefore != nil, cti != nil]
        writer.map(count: 3 + optional.count { $0 })
        writer.integer(ClaimKey.issuer)
        writer.text(issuer)
        if let expiresAt {
            writer.integer(ClaimKey.expiresAt)
            writer.unsigned(expiresAt)
        }
        if let notBefore {
            writer.integer(ClaimKey.notBefore)
            writer.unsigned(notBefore)
        }
        writer.integer(ClaimKey.issuedAt)
        writer.unsigned(issuedAt)
        if let cti {
            writer.integer(ClaimKey.cti)
            writer.byteString(cti)
        }
        writer.integer(ClaimKey.body)
        switch body {
        case .person(let person): person.write(to: &writer)
        case .enterprise(let enterprise): enterprise.write(to: &writer)
        case .object(let object): object.write(to: &writer)
        }
        return writer.bytes
    }
}

extension PersonClaims {
    func write(to writer: inout CBORWriter) {
        writer.array(count: actor == nil ? 5 : 6)
        writer.integer(Form.person.rawValue)
        writer.integer(kind.rawValue)
        if let statusIndex { writer.unsigned(statusIndex) } else { writer.null() }
        switch binding {
        case .deviceKey(let bytes), .anchor(let bytes): writer.byteString(bytes)
        case .none: writer.null()
        }
        writer.byteString(seals)
        if let actor {
            writer.array(count: 3)
            writer.byteString(actor.guardian)
            writer.unsigned(actor.statusIndex)
            writer.unsigned(actor.scope)
        }
    }
}

extension EnterpriseClaims {
    func write(to writer: inout CBORWriter) {
        writer.array(count: 4)
        writer.integer(Form.enterprise.rawValue)
        writer.text(uscc.text)
        writer.text(name)
        writer.unsigned(statusIndex)
    }
}

extension ObjectClaims {
    func write(to writer: inout CBORWriter) {
        writer.array(count: 7)
        writer.integer(Form.object.rawValue)
        writer.integer(kind.rawValue)
        writer.byteString(id)
        writer.unsigned(category)
        writer.text(manager.text)
        if let location {
            writer.array(count: 3)
            writer.integer(location.latitudeMicrodegrees)
            writer.integer(location.longitudeMicrodegrees)
            writer.integer(location.reference.rawValue)
        } else {
            writer.null()
        }
        writer.unsigned(statusIndex)
    }
}
