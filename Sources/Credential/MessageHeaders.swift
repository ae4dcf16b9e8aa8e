import Encoding
import Signing

/// The header parameters of a COSE_Sign1 that are understood here (RFC 9052 §3.1).
///
/// One policy holds for every other issuer's message. A parameter of the protected header outweighs the same parameter
/// of the unprotected header, which anybody on the way can change. `crit` must be protected, and may list only
/// parameters that are there and understood.
struct MessageHeaders: Sendable {
    private static let algorithmKey: Int64 = 1
    private static let criticalKey: Int64 = 2
    private static let keyIdentifierKey: Int64 = 4
    private static let typeKey: Int64 = 16
    /// What `crit` may list: the parameters that this reader acts on.
    private static let understoodKeys = [algorithmKey, criticalKey, keyIdentifierKey]

    /// ES256, which RFC 9053 §2.1 lets issuers use with a key on P-384, and the same for P-256 alone (RFC 9864 §2.1).
    private static let es256OnP256: Int64 = -9
    /// Ed25519 by its own number (RFC 9864 §2.2); −8 stands for every EdDSA curve.
    private static let ed25519: Int64 = -19

    /// Header parameter 1; nil where it is absent or not an integer.
    let algorithmNumber: Int64?
    /// Whether only the unprotected header has parameter 1.
    let isAlgorithmUnprotected: Bool
    /// Header parameter 4; empty where it is absent.
    let keyIdentifier: [UInt8]
    /// Whether both headers have parameter 4, with different values.
    let hasContraryKeyIdentifiers: Bool
    /// Whether the protected header has no parameters.
    let isProtectedEmpty: Bool

    /// Reads the protected header of the project's own messages: `{1: alg, 4: kid}`, with 16 where there is a type.
    init(own header: ArraySlice<UInt8>, type: String?) throws(CBORError) {
        var reader = try CBORReader(header)
        guard try reader.readMapHeader() == (type == nil ? 2 : 3),
            try reader.readIntegerKey(after: nil) == Self.algorithmKey
        else { throw Self.refused("the protected header is not {1: alg, 4: kid}") }
        algorithmNumber = try reader.readInteger()
        guard try reader.readIntegerKey(after: Self.algorithmKey) == Self.keyIdentifierKey else {
            throw Self.refused("the protected header is not {1: alg, 4: kid}")
        }
        keyIdentifier = Array(try reader.readByteString())
        guard keyIdentifier.count == SignedMessage.keyIdentifierByteCount else {
            throw Self.refused("a key identifier of \(keyIdentifier.count) bytes instead of 4")
        }
        if let type {
            guard try reader.readIntegerKey(after: Self.keyIdentifierKey) == Self.typeKey,
                try reader.readText() == type
            else { throw Self.refused("the type is not \(type)") }
        }
        try reader.finish()
        isAlgorithmUnprotected = false
        hasContraryKeyIdentifiers = false
        isProtectedEmpty = false
    }

    /// Reads both headers of another issuer's message.
    init(
        foreign protectedBytes: ArraySlice<UInt8>, unprotected: ArraySlice<UInt8>, byteCountMax: Int, depthMax: Int
    ) throws(CBORError) {
        func map(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> CBORMap {
            let item = try CBORItem.decode(
                bytes, rules: .lenient, byteCountMax: byteCountMax, depthMax: depthMax)
            guard let map = item.map else { throw Self.refused("a header is not a map") }
            return map
        }
        // An empty byte string stands for an empty map (RFC 9052 §3).
        let protected = protectedBytes.isEmpty ? CBORMap() : try map(protectedBytes)
        let unprotected = try map(unprotected)
        try Self.checkCritical(protected, unprotected)
        isProtectedEmpty = protected.entries.isEmpty
        let algorithm = protected[integer: Self.algorithmKey]
        isAlgorithmUnprotected = algorithm == nil && unprotected[integer: Self.algorithmKey] != nil
        algorithmNumber = (algorithm ?? unprotected[integer: Self.algorithmKey])?.integer
        let identifiers = (protected[integer: Self.keyIdentifierKey], unprotected[integer: Self.keyIdentifierKey])
        keyIdentifier = (identifiers.0 ?? identifiers.1).flatMap(Self.identifier) ?? []
        hasContraryKeyIdentifiers =
            identifiers.0 != nil && identifiers.1 != nil
            && identifiers.0.flatMap(Self.identifier) != identifiers.1.flatMap(Self.identifier)
    }

    /// The algorithm by its registered number; the numbers of RFC 9864 name a curve as well.
    var foreignAlgorithm: SignatureAlgorithm? {
        switch algorithmNumber {
        case Self.es256OnP256: .es256
        case Self.ed25519: .ed25519
        default: algorithmNumber.flatMap(SignatureAlgorithm.init(rawValue:))
        }
    }

    /// Whether the algorithm's number allows keys on P-256 only.
    var isCurveP256Named: Bool { algorithmNumber == Self.es256OnP256 }

    /// The protected header of the project's own messages.
    static func encoded(algorithm: SignatureAlgorithm, keyIdentifier: [UInt8], type: String?) -> [UInt8] {
        var writer = CBORWriter(capacity: 48)
        writer.map(count: type == nil ? 2 : 3)
        writer.integer(algorithmKey)
        writer.integer(algorithm.rawValue)
        writer.integer(keyIdentifierKey)
        writer.byteString(keyIdentifier)
        if let type {
            writer.integer(typeKey)
            writer.text(type)
        }
        return writer.bytes
    }

    /// Refuses a message whose `crit` cannot be obeyed (RFC 9052 §3.1).
    private static func checkCritical(_ protected: CBORMap, _ unprotected: CBORMap) throws(CBORError) {
        guard unprotected[integer: criticalKey] == nil else {
            throw refused("crit is in the unprotected header")
        }
        guard let critical = protected[integer: criticalKey] else { return }
        guard let labels = critical.array else { throw refused("crit is not a list of header parameters") }
        guard !labels.isEmpty else { throw refused("crit is an empty list") }
        for label in labels {
            guard let key = label.integer else {
                throw refused("crit lists a header parameter whose label is not a number")
            }
            guard understoodKeys.contains(key) else {
                throw refused("crit lists header parameter \(key), which is not understood here")
            }
            guard protected[integer: key] != nil else {
                throw refused("crit lists header parameter \(key), which the protected header does not have")
            }
        }
    }

    /// A key identifier is a byte string; some issuers write a text.
    private static func identifier(_ item: CBORItem) -> [UInt8]? {
        item.byteString ?? item.text.map { Array($0.utf8) }
    }

    private static func refused(_ reason: @autoclosure () -> String) -> CBORError {
        CBORError(code: .unexpectedType, reason: reason())
    }
}
