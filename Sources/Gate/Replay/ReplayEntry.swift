/// One remembered showing of a credential: its number, and the generation of 256 seconds that its own time lies in.
///
/// In the file it takes two words of 8 bytes, least significant byte first: the cti; then the low 32 bits of time or
/// slot, the scene's number with the top bit for a chain, and 24 bits of generation. An empty slot is all zeros.
struct ReplayEntry: Sendable, Equatable {
    static let byteCount = 16
    /// The last generation that fits; it ends in the year 2106.
    static let generationMax: UInt64 = 0xFF_FFFF

    let cti: UInt64
    let number: UInt32
    /// Below ``ReplayStore/sceneCountMax``, with ``chainBit`` for a chain's slot.
    private let kind: UInt8
    let generation: UInt64

    private static let chainBit: UInt8 = 0x80

    init(cti: UInt64, number: UInt32, scene: UInt8, isChain: Bool, generation: UInt64) {
        self.cti = cti
        self.number = number
        kind = scene | (isChain ? Self.chainBit : 0)
        self.generation = generation
    }

    /// Makes the entry of a showing.
    ///
    /// - Parameters:
    ///   - key: the showing.
    ///   - scene: the scene's number in the store.
    ///   - now: the time that counts for a code that bears none.
    init(key: ReplayKey, scene: UInt8, at now: UInt64) {
        self.init(
            cti: LittleEndian.number(key.cti[...]), number: UInt32(clamping: key.number), scene: scene,
            isChain: key.isChain, generation: Self.generation(at: key.time ?? now))
    }

    /// Reads the two words of ``words``.
    init(_ first: UInt64, _ second: UInt64) {
        cti = first
        number = UInt32(truncatingIfNeeded: second)
        kind = UInt8(truncatingIfNeeded: second >> 32)
        generation = second >> 40
    }

    var scene: UInt8 { kind & ~Self.chainBit }
    var isChain: Bool { kind & Self.chainBit != 0 }
    var words: (UInt64, UInt64) { (cti, UInt64(number) | UInt64(kind) << 32 | generation << 40) }
    var bytes: [UInt8] { LittleEndian.bytes(words.0) + LittleEndian.bytes(words.1) }

    static func generation(at time: UInt64) -> UInt64 {
        min(time / ReplayStore.windowSeconds + 1, generationMax)
    }

    /// The bucket that holds all showings of the credential; the cti itself is already random.
    var bucket: Int { Int((cti &* 0x9E37_79B9_7F4A_7C15) >> 32) % ReplayStore.bucketCount }

    /// Whether `other` is about the same credential in the same scene.
    func isOfSameCredential(as other: ReplayEntry) -> Bool {
        cti == other.cti && kind == other.kind
    }

    /// Whether the remembered `other` makes this showing a replay: it is the same one, or a later one.
    ///
    /// A later one counts within the generation after this showing's. All showings that are fresh at one moment lie
    /// within that time; without the limit, one showing at a gate whose clock is far ahead would block its credential
    /// until that time comes.
    func isUsedUp(by other: ReplayEntry) -> Bool {
        isOfSameCredential(as: other)
            && (number == other.number || number < other.number && other.generation <= generation + 1)
    }

    /// Whether a showing of this generation can no longer be fresh at a clock in generation `now`.
    func isOver(at now: UInt64) -> Bool { generation + 2 <= now }

    /// Whether the showing lies further ahead than any gate's skew, so a wrong clock let it in.
    func isAhead(of now: UInt64) -> Bool { generation > now + 1 }
}
