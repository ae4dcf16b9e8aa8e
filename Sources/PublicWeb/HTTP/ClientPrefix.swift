import Glibc

/// The part of a client's address that one subscriber or one site has: a /24 of IPv4, or a /56 of IPv6.
struct ClientPrefix: Sendable, Equatable {
    /// The address's family, then the prefix's 3 or 7 bytes.
    let bytes: [UInt8]

    private static let familyFour: UInt8 = 4
    private static let familySix: UInt8 = 6

    /// Nil for a text that is no address: the proxy names one, and who is on this machine needs none.
    init?(_ text: String) {
        guard text.utf8.count <= 45 else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            let address = UInt32(bigEndian: four.s_addr)
            bytes = [Self.familyFour] + (0..<3).map { UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * $0)) }
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let all = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
        // An address of IPv4 in the form of IPv6 (RFC 4291 §2.5.5.2).
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        bytes = isMapped ? [Self.familyFour] + all[12..<15] : [Self.familySix] + all[..<7]
    }
}
