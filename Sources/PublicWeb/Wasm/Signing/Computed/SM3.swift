/// SM3, which the wallet's module does not have.
enum SM3 {
    static func digest(_ content: [UInt8]) -> [UInt8]? {
        // No input reaches this: the wallet makes chains of SHA-256, and refuses a credential that needs another one.
        preconditionFailure("the module has no SM3")
    }
}
