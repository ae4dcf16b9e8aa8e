/// A symbol as the library draws it with mask 0: one byte of flags a module.
struct DrawnSymbol {
    let version: Int
    let size: Int
    /// Bit 0 says dark, bit 7 not data, so that no mask touches it.
    let flags: [UInt8]
}
