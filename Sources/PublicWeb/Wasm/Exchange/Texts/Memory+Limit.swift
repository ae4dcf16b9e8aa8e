extension Memory {
    /// The most bytes of one call.
    static let byteCountMax = 32 << 20
}
