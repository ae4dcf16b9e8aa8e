import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import WalletPhone
import Issuing
import Platform
import Signing
import TestSupport

/// A daemon whose persons receive codes on phones.
final class WalletDaemon {
    static let residentIDs = ["11010519491231002X", "110105194912310038"]

    static var now: UInt64 { UInt64(time(nil)) }

    let daemon: HTTPDaemon
    let subject: String
    let ward: String

    /// Starts a daemon with two registered persons.
    convenience init(_ suite: Suite = .ed25519) throws { try self.init(on: Installation(suite, at: Self.now)) }

    init(on installation: Installation) throws {
        daemon = try HTTPDaemon(installation)
        let client = try IssuerClient(path: daemon.socket)
        let subjects = try Self.residentIDs.map { number -> String in
            let person: JSONValue = ["residentId": .string(number), "medical": "0123456789abcdef01234567"]
            return try client.ask(.registerPerson, person)["subject"]?.string ?? ""
        }
        (subject, ward) = (subjects[0], subjects[1])
    }

    func ask(_ operation: IssuerOperation, _ body: JSONValue) throws -> JSONValue {
        try IssuerClient(path: daemon.socket).ask(operation, body)
    }

    /// A new phone with a key of its own.
    func phone(_ algorithm: SignatureAlgorithm = .ed25519) throws -> Phone {
        let socket = daemon.socket
        return try Phone(algorithm) { try IssuerClient(path: socket).ask($0, $1) }
    }

    func offer(_ members: JSONObject = [:]) throws -> Phone.Offer {
        var order = members
        if order["subject"] == nil { order["subject"] = .string(subject) }
        return try Phone.Offer(try ask(.makeOffer, .object(order)))
    }

    func offerOfWard(_ members: JSONObject = [:]) throws -> Phone.Offer {
        var order = members
        order["ward"] = .string(ward)
        return try offer(order)
    }

    /// The code of a refusal; nil for an answer.
    static func code(_ body: () throws -> some Any) throws -> String? {
        do {
            _ = try body()
            return nil
        } catch let error as OperationError {
            return error.code
        }
    }
}
