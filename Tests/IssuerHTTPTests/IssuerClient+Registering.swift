import Encoding
import IssuerInterface
import Issuing
import Testing

extension IssuerClient {
    /// Registers an object, and gives its subject.
    func registerBridge() throws -> String {
        let body: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "bridge"]
        return try #require(try ask(.registerObject, body)["subject"]?.string)
    }
}
