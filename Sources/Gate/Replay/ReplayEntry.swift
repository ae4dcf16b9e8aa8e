/// One remembered showing: cti, the low 32 bits of time or slot, and the scene's number with the top bit for a chain.
///
/// No credential lives long enough for two of its times to share their low 32 bits. In the file the generation
/// follows; an entry of another generation counts as empty.
struct ReplayEntry: Sendable, Equatable {
    static let byteCount = 16

    let cti: [UInt8]
    let number: UInt32
    /// Below ``ReplayStore/sceneCountMax``.
    let scene: UInt8
    /// See ``ReplayKey/isChain``.
    let isChain: Bool

    private static let chainBit: UInt8 = 0x80

    init(cti: [UInt8], number: UInt32, scene: UInt8, isChain: Bool = false) {
        self.cti = cti
        self.number = number
        self.scene = scene
        self.isChain = isChain
    }

    init(key: ReplayKey, scene: UInt8) {
        self.init(
            cti: key.cti, number: UInt32(truncatingIfNeeded: key.number), scene: scene, isChain: key.isChain)
    }

    init(_ bytes: ArraySlice<UInt8>) {
        cti = Array(bytes.prefix(8))
        number = bytes.dropFirst(8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        scene = bytes[bytes.startIndex + 12] & ~Self.chainBit
        isChain = bytes[bytes.startIndex + 12] & Self.chainBit != 0
    }

    /// The slot at which the search starts, the same for all links of a chain; the cti is already random.
    var home: Int {
        let start = UInt64(isChain ? 0 : number) &* 0x9E37_79B9_7F4A_7C15
        let word = cti.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int(word >> 20) & (ReplayStore.slotCount - 1)
    }

    /// Whether the showing in `bytes` makes this one a replay.
    func isUsedUp(by bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.starts(with: cti) else { return false }
        let other = ReplayEntry(bytes)
        return scene == other.scene && isChain == other.isChain
            && (isChain ? number <= other.number : number == other.number)
    }

    func bytes(generation: UInt64) -> [UInt8] {
        cti + (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) }
            + [scene | (isChain ? Self.chainBit : 0)]
            + (0..<3).map { UInt8(truncatingIfNeeded: generation >> UInt64($0 * 8)) }
    }

    static func isLive(_ bytes: ArraySlice<UInt8>, _ generation: UInt64) -> Bool {
        let start = bytes.startIndex + 13
        let found = UInt64(bytes[start]) | UInt64(bytes[start + 1]) << 8 | UInt64(bytes[start + 2]) << 16
        return found == generation & 0xFF_FFFF && found != 0
    }
}
