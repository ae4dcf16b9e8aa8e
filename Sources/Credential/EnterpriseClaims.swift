import Encoding

/// The claims of an enterprise code.
package struct EnterpriseClaims: Sendable, Equatable {
    package static let nameByteCountMax = 96

    package let uscc: USCC
    /// Whether a name may be issued: 1 to 96 bytes, without characters that hide or reorder text on a gate's screen.
    package static func isName(_ name: String) -> Bool {
        (1...nameByteCountMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .privateUse, .unassigned: false
                default: !scalar.isUnseen
                }
            }
    }

    /// The registered name, 1 to 96 bytes of UTF-8.
    package let name: String
    package let statusIndex: UInt64

    package init(uscc: USCC, name: String, statusIndex: UInt64) {
        self.uscc = uscc
        self.name = name
        self.statusIndex = statusIndex
    }
}
