import Encoding

/// The text of a code's picture: `SP1:` and Base45, or a URL with Base32.
package struct CredentialText: Sendable, Equatable {
    /// The capacity of a QR code in alphanumeric characters (version 40, level L).
    package static let byteCountMax = 4296
    /// The longest host name (RFC 1035 §2.3.4).
    package static let hostByteCountMax = 253

    private static let personPrefix = "SP1:"
    /// The scheme as it is compared, with letters folded to upper case.
    private static let scheme = "HTTPS://"
    /// The scheme of new codes: many phones open no address whose scheme is in capitals.
    private static let newScheme = "https://"

    package let form: Form
    /// The host in the text, in upper case; nil for person codes.
    package let host: String?
    /// The signed message, with its presentation if it has one.
    package let bytes: [UInt8]

    /// Wraps a message.
    ///
    /// - Parameters:
    ///   - bytes: the signed message.
    ///   - form: the code's form, which determines the kind of text.
    ///   - host: for enterprise and object codes; letters, digits, dots and hyphens.
    /// - Throws: `malformed` where the host is missing or is not a host name.
    package init(bytes: [UInt8], form: Form, host: String?) throws(CredentialError) {
        if form != .person {
            guard let host, Self.isHost(Array(host.utf8)[...]) else {
                throw CredentialError(
                    code: .malformed, reason: "\(form.name) codes need a host name",
                    hint: "give letters, digits, dots and hyphens")
            }
        }
        self.form = form
        self.host = form == .person ? nil : host?.withCapitalLetters()
        self.bytes = bytes
    }

    /// Takes a scanned text apart; scheme, host and path may have either letter case.
    ///
    /// - Parameter text: the scanned text, unchanged.
    /// - Throws: `malformed`, or `unsupported_version` for a later person code.
    package init(parsing text: String) throws(CredentialError) {
        let utf8 = Array(text.utf8)
        guard utf8.count <= Self.byteCountMax else {
            throw .malformed("a text of \(utf8.count) bytes, more than the limit of \(Self.byteCountMax)")
        }
        if Self.hasPrefix(Self.personPrefix, utf8[...], foldsCase: false) {
            form = .person
            host = nil
            bytes = try Self.decoding { () throws(TextDecodingError) in
                try Base45.decode(utf8: utf8[Self.personPrefix.utf8.count...])
            }
        } else if Self.hasPrefix(Self.scheme, utf8[...], foldsCase: true) {
            let parts = try Self.splitURL(utf8[Self.scheme.utf8.count...])
            form = parts.form
            host = String(decoding: parts.host, as: UTF8.self).withCapitalLetters()
            bytes = try Self.decoding { () throws(TextDecodingError) in try Base32.decode(utf8: parts.content) }
        } else {
            throw Self.foreign(utf8)
        }
        guard !bytes.isEmpty else { throw .malformed("the text has nothing after its prefix") }
    }

    /// Whether scanned bytes claim to be a code of this project: `SP`, digits and a colon, or a URL with `/E/` or `/O/`
    /// and Base32.
    ///
    /// Other texts, such as the URLs on posters, are nobody's.
    package static func isOwn(_ payload: [UInt8]) -> Bool {
        if isPerson(payload) { return true }
        guard hasPrefix(scheme, payload[...], foldsCase: true), payload.count <= byteCountMax,
            let parts = try? splitURL(payload[scheme.utf8.count...])
        else { return false }
        return !parts.content.isEmpty && (try? Base32.decode(utf8: parts.content)) != nil
    }

    /// The text; all of it but the scheme's letters is in QR's alphanumeric alphabet.
    package var text: String {
        switch form {
        case .person: Self.personPrefix + Base45.encode(bytes)
        case .enterprise: "\(Self.newScheme)\(host ?? "")/E/" + Base32.encode(bytes)
        case .object: "\(Self.newScheme)\(host ?? "")/O/" + Base32.encode(bytes)
        }
    }

    private static func splitURL(
        _ rest: ArraySlice<UInt8>
    ) throws(CredentialError) -> (host: ArraySlice<UInt8>, form: Form, content: ArraySlice<UInt8>) {
        let slash = UInt8(ascii: "/")
        let parts = rest.split(separator: slash, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, isHost(parts[0]), parts[1].count == 1, let letter = parts[1].first else {
            throw .malformed("the URL is not of the form https://HOST/E/… or https://HOST/O/…")
        }
        switch letter & 0xDF {
        case UInt8(ascii: "E"): return (parts[0], .enterprise, parts[2])
        case UInt8(ascii: "O"): return (parts[0], .object, parts[2])
        default: throw .malformed("the URL's path begins with neither /E/ nor /O/")
        }
    }

    private static func isHost(_ name: ArraySlice<UInt8>) -> Bool {
        (1...hostByteCountMax).contains(name.count)
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func hasPrefix(_ prefix: String, _ text: ArraySlice<UInt8>, foldsCase: Bool) -> Bool {
        guard text.count >= prefix.utf8.count else { return false }
        var place = text.startIndex
        for expected in prefix.utf8 {
            let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[place])
            guard expected == (foldsCase && isLower ? text[place] & 0xDF : text[place]) else { return false }
            place += 1
        }
        return true
    }

    private static func foreign(_ text: [UInt8]) -> CredentialError {
        if isPerson(text) {
            return CredentialError(
                code: .unsupportedVersion, reason: "the person code's version is not 1",
                hint: "update this verifier")
        }
        if ["sp", "Sp", "sP"].contains(where: { isPerson(text, letters: $0) }) {
            return CredentialError(
                code: .malformed, reason: "the letters of a person code came in lower case",
                hint: "check the scanner's settings: it must send letters as they are; is Caps Lock on?")
        }
        if isTypedByAnotherKeyboard(text) {
            return CredentialError(
                code: .malformed, reason: "the text begins as a person code, with other characters for its first signs",
                hint: "check the scanner's settings: its keyboard layout must be the computer's")
        }
        return .malformed("the text is not a Suishen code")
    }

    /// Whether a text looks like a person code that a scanner typed on the keyboard of another country.
    ///
    /// There the letters S and P keep their places, and the digit or the colon become other signs, as in `SP1Ö` or `SP&M`.
    private static func isTypedByAnotherKeyboard(_ text: [UInt8]) -> Bool {
        guard text.count >= personByteCountMin, let digit = text.dropFirst(2).first else { return false }
        return ["SP", "sp"].contains { text.starts(with: $0.utf8) } && [UInt8]("1&!+".utf8).contains(digit)
    }

    /// Fewer than the shortest person code has, and more than most words on posters.
    private static let personByteCountMin = 100

    /// Whether a text begins as a person code of any version: two letters, digits and a colon.
    private static func isPerson(_ text: [UInt8], letters: String = "SP") -> Bool {
        let digits = text.dropFirst(2).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return text.starts(with: letters.utf8) && !digits.isEmpty
            && text.dropFirst(2 + digits.count).first == UInt8(ascii: ":")
    }

    private static func decoding(
        _ body: () throws(TextDecodingError) -> [UInt8]
    ) throws(CredentialError) -> [UInt8] {
        do {
            return try body()
        } catch {
            throw .malformed(error.reason)
        }
    }
}
