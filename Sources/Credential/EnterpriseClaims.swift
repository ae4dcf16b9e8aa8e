/// What an enterprise code says.
package struct EnterpriseClaims: Sendable, Equatable {
    package static let nameByteCountMax = 96

    package let uscc: USCC
    /// The registered name, 1 to 96 bytes of UTF-8.
    package let name: String
    package let statusIndex: UInt64

    package init(uscc: USCC, name: String, statusIndex: UInt64) {
        self.uscc = uscc
        self.name = name
        self.statusIndex = statusIndex
    }
}
