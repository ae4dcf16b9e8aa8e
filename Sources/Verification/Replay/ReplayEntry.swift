/// One remembered showing: cti, the low 32 bits of time or slot (no credential lives long enough for two to meet),
/// the scene, and in the file the generation, without which it counts as empty.
struct ReplayEntry: Sendable, Equatable {
    static let byteCount = 16

    let cti: [UInt8]
    let number: UInt32
    let scene: UInt8

    init(cti: [UInt8], number: UInt32, scene: UInt8) {
        self.cti = cti
        self.number = number
        self.scene = scene
    }

    init(key: ReplayKey, scene: UInt8) {
        self.init(cti: key.cti, number: UInt32(truncatingIfNeeded: key.number), scene: scene)
    }

    init(_ bytes: ArraySlice<UInt8>) {
        cti = Array(bytes.prefix(8))
        number = bytes.dropFirst(8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        scene = bytes[bytes.startIndex + 12]
    }

    /// Where the search for it begins; the cti is random already.
    var home: Int {
        let word = cti.reduce(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int(word >> 20) & (ReplayStore.slotCount - 1)
    }

    func bytes(generation: UInt64) -> [UInt8] {
        cti + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) } + [scene]
            + (0..<3).map { UInt8(truncatingIfNeeded: generation >> UInt64($0 * 8)) }
    }

    static func isLive(_ bytes: ArraySlice<UInt8>, _ generation: UInt64) -> Bool {
        let start = bytes.startIndex + 13
        let found = UInt64(bytes[start]) | UInt64(bytes[start + 1]) << 8 | UInt64(bytes[start + 2]) << 16
        return found == generation & 0xFF_FFFF && found != 0
    }
}
