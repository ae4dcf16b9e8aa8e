package import Encoding
package import Platform
import Signing

/// Who asks: a user of this machine, or a caller on another machine by the name in its certificate.
///
/// The two kinds never meet: a user's number is below 2^32, and a name's number is at least 2^52.
package enum CallerIdentity: Hashable, Sendable {
    /// A user of this machine, by the number that the kernel gives.
    case user(UInt32)
    /// A caller on another machine, by the DNS name in its certificate.
    case named(CallerName)

    private static let label = "suishen caller v1\n"
    private static let nameBits: UInt64 = 52

    /// The number in the registry's rows and in the lines of the trail.
    ///
    /// A name's number comes from its SHA-256 alone. So every daemon gives the same number, no table has to be kept or
    /// restored, and the number fits a double (RFC 8259 §6). It stands for the name only in counts; the trail has the
    /// name itself.
    package var number: UInt64 {
        switch self {
        case .user(let number): return UInt64(number)
        case .named(let name):
            let digest = DigestAlgorithm.sha256.digest(Array((Self.label + name.text).utf8))
            let start = digest.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            return 1 << Self.nameBits | start >> (64 - Self.nameBits)
        }
    }

    /// Reads the name of a table's line: a user's number, or a caller's name in lower case.
    package init?(_ text: String) {
        if let number = UInt32(text), String(number) == text {
            self = .user(number)
        } else if let name = CallerName(text), name.text == text {
            self = .named(name)
        } else {
            return nil
        }
    }

    /// The number of a user, or the name of a caller.
    package var text: String {
        switch self {
        case .user(let number): String(number)
        case .named(let name): name.text
        }
    }

    /// The number of a user, or the name of a caller as a string.
    package var json: JSONValue {
        switch self {
        case .user(let number): .integer(Int64(number))
        case .named(let name): .string(name.text)
        }
    }
}

extension CallerIdentity: Comparable {
    /// Users come first, by number, then names.
    package static func < (left: CallerIdentity, right: CallerIdentity) -> Bool {
        switch (left, right) {
        case (.user(let left), .user(let right)): left < right
        case (.named(let left), .named(let right)): left < right
        case (.user, .named): true
        case (.named, .user): false
        }
    }
}
