/// Random numbers that are the same in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Eight random bytes.
    var bytes: [UInt8] {
        mutating get {
            let word = next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
    }

    /// Distinct places below `count`, in random order.
    mutating func places(_ placeCount: Int, of count: Int) -> [UInt64] {
        var taken: Set<UInt64> = []
        var places: [UInt64] = []
        while places.count < placeCount {
            let place = UInt64.random(in: 0..<UInt64(count), using: &self)
            if taken.insert(place).inserted { places.append(place) }
        }
        return places
    }
}
