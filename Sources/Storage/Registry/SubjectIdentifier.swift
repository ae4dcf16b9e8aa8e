package import Credential
import Encoding

/// A subject's name in requests and answers; its length tells persons, enterprises and objects apart.
package enum SubjectIdentifier: Sendable, Hashable {
    /// 16 random bytes.
    case person([UInt8])
    /// The unified social credit code, which is public.
    case enterprise(USCC)
    /// 8 random bytes of an object or a place.
    case object([UInt8])

    /// Reads an identifier in either letter case.
    ///
    /// - Throws: `subject_unknown` for a text that cannot be the name of a subject.
    package init(_ text: String) throws(StorageError) {
        if let uscc = try? USCC(text) {
            self = .enterprise(uscc)
            return
        }
        guard let bytes = try? Hex.decode(text) else { throw .subjectUnknown }
        switch bytes.count {
        case Registry.personByteCount: self = .person(bytes)
        case Registry.objectByteCount: self = .object(bytes)
        default: throw .subjectUnknown
        }
    }

    /// Hex in lower case, or the code in upper case.
    package var text: String {
        switch self {
        case .person(let bytes), .object(let bytes): Hex.encode(bytes)
        case .enterprise(let uscc): uscc.text
        }
    }

    /// The form of the subject's codes.
    package var form: Form {
        switch self {
        case .person: .person
        case .enterprise: .enterprise
        case .object: .object
        }
    }
}
