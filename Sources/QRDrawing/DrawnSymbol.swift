/// A symbol drawn by the library with mask 0: one byte of flags a module.
struct DrawnSymbol {
    let version: Int
    let size: Int
    /// The flags: bit 0 for a dark module, bit 7 for a module that is not data, which masks do not change.
    let flags: [UInt8]
}
