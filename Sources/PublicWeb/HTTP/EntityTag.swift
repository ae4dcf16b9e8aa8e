import Encoding
import Signing

/// A strong entity tag, made of the bytes that it stands for (RFC 9110 §8.8.3).
struct EntityTag: Sendable, Equatable {
    /// With its quotes.
    let text: String

    init(_ bytes: [UInt8]) {
        text = "\"\(Hex.encode(DigestAlgorithm.sha256.digest(bytes).prefix(16)))\""
    }

    private init(text: String) {
        self.text = text
    }

    /// The tag of the same content in another coding.
    func coded(_ suffix: String) -> EntityTag { EntityTag(text: text.dropLast() + "-\(suffix)\"") }

    /// Whether `If-None-Match` has the tag, strong or weak (RFC 9110 §13.1.2).
    func isListed(in field: String?) -> Bool {
        guard let field, field.utf8.count <= 4096 else { return false }
        return field.split(separator: ",").contains { part in
            let known = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return known == "*" || known == text || known == "W/\(text)"
        }
    }
}
