/// The payloads read last: a code that stays before the camera takes no new memory a frame.
struct RecentPayloads {
    /// As many codes as a gate is shown at once.
    private static let countMax = 4

    private var known: [Payload] = []
    private var oldest = 0

    /// A payload of these bytes, in the memory it had when it was last read.
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
