import CPKCS11

/// The slot in which a module has a wanted token now.
struct TokenSlot {
    let number: UInt
    let token: cpkcs11_token

    /// Finds the one token that a URI names.
    ///
    /// - Parameters:
    ///   - uri: the attributes of the token.
    ///   - calls: a module that runs.
    /// - Returns: the slot; nil when no token, or more than one, has these attributes, with how many have them.
    static func find(_ uri: TokenURI, by calls: TokenCalls) -> (slot: TokenSlot?, matchCount: Int) {
        let found = calls.tokens().map { TokenSlot(number: $0.slot, token: $0.token) }.filter { slot in
            (uri.slot == nil || uri.slot == slot.number)
                && (uri.token == nil || uri.token == slot.label)
                && (uri.manufacturer == nil || uri.manufacturer == text(slot.token.manufacturer))
                && (uri.model == nil || uri.model == text(slot.token.model))
                && (uri.serial == nil || uri.serial == slot.serial)
        }
        return (found.count == 1 ? found[0] : nil, found.count)
    }

    var label: String { Self.text(token.label) }
    var serial: String { Self.text(token.serial) }

    /// A text that a C array holds up to its first zero byte.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
