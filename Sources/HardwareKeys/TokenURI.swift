/// The name of a token or of a key in it: a `pkcs11:` URI (RFC 7512).
///
/// It names objects, and how the token is reached. A PIN has no place in it: `pin-value` is refused, since settings and
/// arguments can be read by others.
package struct TokenURI: Sendable, Equatable {
    /// The most bytes of a URI.
    package static let byteCountMax = 2048

    /// The provider's module, an absolute path.
    package var modulePath: String?
    package var pinSource: PINSource?
    package var token: String?
    package var manufacturer: String?
    package var model: String?
    package var serial: String?
    package var slot: UInt?
    /// The vendor's numbers for SM2, which PKCS#11 does not define: `x-sm2-sign`, `x-sm2-generate`, `x-sm2-type`.
    package var sm2 = SM2Numbers()
    /// CKA_ID of the key; any bytes.
    package var id: [UInt8]?
    /// CKA_LABEL of the key.
    package var object: String?

    private init() {}

    /// Reads a URI.
    ///
    /// - Throws: the mistake: an attribute that is unknown, given twice or not understood here, and `pin-value`.
    package init(_ text: String) throws(TokenURIError) {
        guard text.utf8.count <= Self.byteCountMax else { throw TokenURIError("it is too long") }
        let scheme = "pkcs11:".utf8
        let isScheme = zip(text.utf8, scheme).allSatisfy { byte, wanted in
            byte == wanted || (0x61...0x7A).contains(wanted) && byte == wanted - 0x20
        }
        guard text.utf8.count >= scheme.count, isScheme else {
            throw TokenURIError("it does not begin with pkcs11:")
        }
        let rest = text.utf8.dropFirst(scheme.count)
        let halves = rest.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var seen: Set<String> = []
        try read(halves[0], separator: UInt8(ascii: ";"), extra: "&", seen: &seen) {
            (uri, name, value) throws(TokenURIError) in try uri.takePath(name, value)
        }
        guard halves.count == 2 else { return }
        try read(halves[1], separator: UInt8(ascii: "&"), extra: "/?|", seen: &seen) {
            (uri, name, value) throws(TokenURIError) in try uri.takeQuery(name, value)
        }
    }

    /// Reads attributes of one half, each known and given once.
    private mutating func read(
        _ half: Substring.UTF8View.SubSequence, separator: UInt8, extra: String, seen: inout Set<String>,
        take: (inout TokenURI, String, [UInt8]) throws(TokenURIError) -> Void
    ) throws(TokenURIError) {
        guard !half.isEmpty else { return }
        for attribute in half.split(separator: separator, omittingEmptySubsequences: false) {
            let parts = attribute.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
                let value = Self.decoded(parts[1], extra: extra)
            else { throw TokenURIError("it has a character that must be written as % and two digits, or no =") }
            guard seen.insert(name).inserted else { throw TokenURIError("it has \(name) twice") }
            try take(&self, name, value)
        }
    }

    private mutating func takePath(_ name: String, _ value: [UInt8]) throws(TokenURIError) {
        switch name {
        case "token": token = try Self.text(value, name, byteCountMax: 32)
        case "manufacturer": manufacturer = try Self.text(value, name, byteCountMax: 32)
        case "model": model = try Self.text(value, name, byteCountMax: 16)
        case "serial": serial = try Self.text(value, name, byteCountMax: 16)
        case "object": object = try Self.text(value, name, byteCountMax: 255)
        case "slot-id":
            let text = try Self.text(value, name, byteCountMax: 20)
            guard let number = UInt(text), String(number) == text else { throw .init("slot-id is not a number") }
            slot = number
        case "id":
            guard (1...255).contains(value.count) else { throw .init("id is empty or too long") }
            id = value
        case "type":
            guard value == Array("private".utf8) else { throw .init("type is not private") }
        default: throw .init("\(Self.shown(name)) is not an attribute that is understood here")
        }
    }

    private mutating func takeQuery(_ name: String, _ value: [UInt8]) throws(TokenURIError) {
        switch name {
        case "module-path":
            let path = try Self.text(value, name, byteCountMax: 1024)
            guard path.hasPrefix("/") else { throw .init("module-path is not an absolute path") }
            modulePath = path
        case "pin-source":
            guard let source = PINSource(try Self.text(value, name, byteCountMax: 1024)) else {
                throw .init("pin-source is neither file:/PATH nor credential:NAME")
            }
            pinSource = source
        case "x-sm2-sign": sm2.sign = try Self.number(value, name)
        case "x-sm2-generate": sm2.generate = try Self.number(value, name)
        case "x-sm2-type": sm2.type = try Self.number(value, name)
        case "pin-value":
            throw .init("it has a pin-value, and a PIN belongs into a file with mode 0400: name it as pin-source")
        default: throw .init("\(Self.shown(name)) is not an attribute that is understood here")
        }
    }

    /// A number that a vendor gives a mechanism or a key type: `0x` and up to 8 hexadecimal digits.
    private static func number(_ value: [UInt8], _ name: String) throws(TokenURIError) -> UInt {
        let text = try text(value, name, byteCountMax: 10)
        guard text.hasPrefix("0x"), let number = UInt32(text.dropFirst(2), radix: 16) else {
            throw .init("\(name) is not a number like 0x80000001")
        }
        return UInt(number)
    }

    private static func shown(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }
        return isPlain && (1...40).contains(name.utf8.count) ? name : "one attribute"
    }

    private static func text(_ bytes: [UInt8], _ name: String, byteCountMax: Int) throws(TokenURIError) -> String {
        guard (1...byteCountMax).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw .init("\(name) is empty, too long or no text") }
        return text
    }

    /// The bytes of a value (`pk11-pchar`, `pk11-qchar` of RFC 7512 §2.3); nil for a character that must be encoded.
    private static func decoded(_ value: some Collection<UInt8>, extra: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = value.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                guard isPlain(byte) || extra.utf8.contains(byte) else { return nil }
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Whether a byte stands for itself in both halves: unreserved (RFC 3986 §2.3), or `pk11-res-avail` without `&`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~:[]@!$'()*+,=".utf8.contains(byte)
        }
    }
}

extension TokenURI {
    /// The URI as text; reading it gives the same value.
    package var text: String {
        var path: [String] = []
        func add(_ name: String, _ value: String?) {
            if let value { path.append("\(name)=\(Self.encoded(value.utf8))") }
        }
        add("token", token)
        add("manufacturer", manufacturer)
        add("model", model)
        add("serial", serial)
        add("slot-id", slot.map(String.init))
        add("object", object)
        if let id { path.append("id=" + id.map(Self.percent).joined()) }
        let query = [
            modulePath.map { "module-path=" + Self.encoded($0.utf8, extra: "/") },
            pinSource.map { "pin-source=" + Self.encoded($0.text.utf8, extra: "/") },
            sm2.sign.map { "x-sm2-sign=0x" + String($0, radix: 16) },
            sm2.generate.map { "x-sm2-generate=0x" + String($0, radix: 16) },
            sm2.type.map { "x-sm2-type=0x" + String($0, radix: 16) },
        ].compactMap(\.self)
        return "pkcs11:" + path.joined(separator: ";") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private static func encoded(_ bytes: String.UTF8View, extra: String = "") -> String {
        bytes.map { byte in
            isPlain(byte) || extra.utf8.contains(byte) ? String(UnicodeScalar(byte)) : percent(byte)
        }.joined()
    }

    private static func percent(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }

    /// Whether the URI says which token is meant, and not just which key.
    package var namesToken: Bool { modulePath != nil }

    /// The same token without the key.
    package var ofToken: TokenURI {
        var uri = self
        (uri.id, uri.object) = (nil, nil)
        return uri
    }

    /// The same key without the token.
    package var ofKey: TokenURI {
        var uri = TokenURI()
        (uri.id, uri.object) = (id, object)
        return uri
    }

    /// This URI's key in the token that another URI names, unless this one names its own.
    package func inToken(of other: TokenURI?) -> TokenURI {
        guard !namesToken, let other else { return self }
        var uri = other
        (uri.id, uri.object) = (id, object)
        return uri
    }
}

/// A vendor's numbers of SM2's mechanisms and key type.
package struct SM2Numbers: Sendable, Equatable {
    /// Signs a digest of 32 bytes, as CKM_ECDSA does.
    package var sign: UInt?
    package var generate: UInt?
    package var type: UInt?
}

/// A mistake in a `pkcs11:` URI, as the end of a sentence; the URI itself is not repeated.
package struct TokenURIError: Error, Equatable {
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}
