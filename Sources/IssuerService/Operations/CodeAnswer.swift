package import Credential
package import Encoding

/// The result object of `issue` and `present`, which the command completes with the picture's version.
package struct CodeAnswer: Sendable {
    package let json: JSONObject

    package init(_ issued: IssuedCredential, host: String) throws(CredentialError) {
        var members: [JSONObject.Member] = []
        if let person = issued.claims.person {
            members.append(.init(key: "cti", value: .string(Hex.encode(person.cti))))
        }
        members.append(.init(key: "form", value: .string(issued.claims.form.name)))
        let text = try issued.text(host: issued.claims.form == .person ? nil : host)
        members.append(.init(key: "text", value: .string(text)))
        members.append(.init(key: "bytes", value: .integer(Int64(issued.bytes.count))))
        if let expiresAt = issued.claims.expiresAt {
            members.append(.init(key: "expiresAt", value: .integer(Int64(expiresAt))))
        }
        if let index = issued.claims.statusIndices.first {
            members.append(.init(key: "statusIndex", value: .integer(Int64(index))))
        }
        json = JSONObject(members)
    }
}
