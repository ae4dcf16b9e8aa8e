import Encoding
import Signing

/// Reads a payload strictly: exactly the claims of its form, in order.
struct ClaimsDecoder {
    private var reader: CBORReader

    /// Decodes and checks the claims of a payload, which must be of `form`.
    static func decode(
        _ payload: ArraySlice<UInt8>, form: Form, algorithm: SignatureAlgorithm
    ) throws(CredentialError) -> Claims {
        let claims = try CredentialError.reading("claims") { () throws(CBORError) in
            var decoder = ClaimsDecoder(reader: try CBORReader(payload))
            return try decoder.readClaims(form: form)
        }
        try claims.check(algorithm: algorithm)
        return claims
    }

    private mutating func readClaims(form: Form) throws(CBORError) -> Claims {
        let count = try reader.readMapHeader()
        var key: Int64?
        var issuer: String?
        var expiresAt: UInt64?
        var notBefore: UInt64?
        var issuedAt: UInt64?
        var cti: [UInt8]?
        var body: Claims.Body?
        for _ in 0..<count {
            let next = try reader.readIntegerKey(after: key)
            key = next
            switch next {
            case ClaimKey.issuer: issuer = try reader.readText()
            case ClaimKey.expiresAt where form != .object: expiresAt = try reader.readUnsigned()
            case ClaimKey.notBefore where form == .person: notBefore = try reader.readUnsigned()
            case ClaimKey.issuedAt: issuedAt = try reader.readUnsigned()
            case ClaimKey.cti where form == .person: cti = Array(try reader.readByteString())
            // The body's key is negative, so the body is always the last claim.
            case ClaimKey.body: body = try readBody(form: form, cti: cti)
            default: throw Self.refused("claim \(next) does not belong in \(form.name) codes")
            }
        }
        try reader.finish()
        guard let issuer, let issuedAt, let body else { throw Self.refused("claim 1, 6 or the body is missing") }
        guard (expiresAt != nil) == (form != .object) else { throw Self.refused("claim 4 is missing") }
        return Claims(issuer: issuer, issuedAt: issuedAt, expiresAt: expiresAt, notBefore: notBefore, body: body)
    }

    private mutating func readBody(form: Form, cti: [UInt8]?) throws(CBORError) -> Claims.Body {
        let count = try reader.readArrayHeader()
        let number = try reader.readInteger()
        guard number == form.rawValue else {
            throw Self.refused("the body is of form \(number), but the text is that of \(form.name) codes")
        }
        switch form {
        case .person:
            guard let cti else { throw Self.refused("claim 7 is missing") }
            return .person(try readPerson(cti: cti, count: count))
        case .enterprise:
            try Self.expect(count, in: 4...4)
            let uscc = try readUSCC()
            return .enterprise(
                EnterpriseClaims(uscc: uscc, name: try reader.readText(), statusIndex: try reader.readUnsigned()))
        case .object:
            try Self.expect(count, in: 7...7)
            return .object(try readObject())
        }
    }

    private mutating func readPerson(cti: [UInt8], count: Int) throws(CBORError) -> PersonClaims {
        try Self.expect(count, in: 5...6)
        let number = try reader.readInteger()
        guard let kind = PersonKind(rawValue: number) else { throw Self.refused("kind \(number) is not one of 0 to 3") }
        let statusIndex = try readOptional { (reader) throws(CBORError) in try reader.readUnsigned() }
        let bound = try readOptional { (reader) throws(CBORError) in Array(try reader.readByteString()) }
        let binding: Binding
        switch (kind, bound) {
        case (.signed, let key?): binding = .deviceKey(key)
        case (.chain, let anchor?): binding = .anchor(anchor)
        case (.timed, nil), (.paper, nil): binding = .none
        default: throw Self.refused("the binding does not fit kind \(kind.name)")
        }
        let seals = Array(try reader.readByteString())
        return PersonClaims(
            cti: cti, kind: kind, statusIndex: statusIndex, binding: binding, seals: seals,
            actor: count == 6 ? try readDelegation() : nil)
    }

    private mutating func readDelegation() throws(CBORError) -> Delegation {
        try Self.expect(reader.readArrayHeader(), in: 3...3)
        return Delegation(
            guardian: Array(try reader.readByteString()), statusIndex: try reader.readUnsigned(),
            scope: try reader.readUnsigned())
    }

    private mutating func readObject() throws(CBORError) -> ObjectClaims {
        let number = try reader.readInteger()
        guard let kind = ObjectKind(rawValue: number) else { throw Self.refused("kind \(number) is not 0 or 1") }
        let id = Array(try reader.readByteString())
        let category = try reader.readUnsigned()
        let manager = try readUSCC()
        var location: Location?
        if reader.isNextNull() { try reader.readNull() } else { location = try readLocation() }
        return ObjectClaims(
            kind: kind, id: id, category: category, manager: manager, location: location,
            statusIndex: try reader.readUnsigned())
    }

    private mutating func readLocation() throws(CBORError) -> Location {
        try Self.expect(reader.readArrayHeader(), in: 3...3)
        let latitude = try reader.readInteger()
        let longitude = try reader.readInteger()
        let reference = try reader.readInteger()
        guard let reference = Location.Reference(rawValue: reference),
            let location = Location(
                latitudeMicrodegrees: latitude, longitudeMicrodegrees: longitude, reference: reference)
        else { throw Self.refused("the location is outside its ranges or has an unknown reference") }
        return location
    }

    private mutating func readUSCC() throws(CBORError) -> USCC {
        let text = try reader.readText()
        guard let uscc = try? USCC(text), uscc.text == text else {
            throw Self.refused("the social credit code is not valid")
        }
        return uscc
    }

    private mutating func readOptional<Value>(
        _ read: (inout CBORReader) throws(CBORError) -> Value
    ) throws(CBORError) -> Value? {
        guard reader.isNextNull() else { return try read(&reader) }
        try reader.readNull()
        return nil
    }

    private static func expect(_ count: Int, in allowed: ClosedRange<Int>) throws(CBORError) {
        guard allowed.contains(count) else { throw refused("\(count) items, expected \(allowed.upperBound)") }
    }

    private static func refused(_ reason: @autoclosure () -> String) -> CBORError {
        CBORError(code: .unexpectedType, reason: reason())
    }
}
