/// The latest payloads: a code that stays in front of the camera allocates no memory in each frame.
struct RecentPayloads {
    /// The number of codes that are shown to a gate at once.
    private static let countMax = 4

    private var known: [Payload] = []
    private var oldest = 0

    /// The payload of these bytes; one that was read lately shares its earlier memory.
    mutating func payload(_ bytes: [UInt8], _ runs: [Payload.Run]) -> Payload {
        for payload in known where payload.bytes == bytes && payload.runs == runs { return payload }
        let payload = Payload(bytes: bytes, runs: runs)
        if known.count < Self.countMax {
            known.append(payload)
        } else {
            known[oldest] = payload
            oldest = (oldest + 1) % Self.countMax
        }
        return payload
    }
}
