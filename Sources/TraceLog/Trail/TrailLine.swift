package import Encoding
import Signing

/// A line of the operator's trail, as the running hash over the trail takes it.
package struct TrailLine: Sendable, Equatable {
    /// The hash before the first line.
    package static let start = MerkleHash()
    private static let label = "suishen trail v1"

    package let number: UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    package let time: UInt64
    package let uid: UInt64
    package let action: String
    package let subject: String
    package let detail: JSONValue

    package init(number: UInt64, time: UInt64, uid: UInt64, action: String, subject: String, detail: JSONValue) {
        self.number = number
        self.time = time
        self.uid = uid
        self.action = action
        self.subject = subject
        self.detail = detail
    }

    /// Reads a line as `suishen audit` prints it.
    ///
    /// - Throws: `malformed_trail`.
    package init(json line: [UInt8], byteCountMax: Int) throws(TraceLogError) {
        guard let json = try? JSONValue.parse(line, byteCountMax: byteCountMax), let object = json.object,
            object.members.count == 6, let number = Self.number(json["number"]), let time = Self.number(json["time"]),
            let uid = Self.number(json["uid"]), let action = json["action"]?.string,
            let subject = json["subject"]?.string, let detail = json["detail"]
        else {
            throw TraceLogError(
                code: .malformedTrail, reason: "a line of the trail is not one that `suishen audit` prints",
                hint: "print the trail anew with `suishen audit`")
        }
        self.init(number: number, time: time, uid: uid, action: action, subject: subject, detail: detail)
    }

    private static func number(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap(UInt64.init(exactly:)) }

    /// The running hash after this line: SHA-256 over the label, the hash before it, its three numbers in 8 bytes each,
    /// and action, subject and detail, each behind its length in 4 bytes, all big-endian.
    package func hash(after previous: MerkleHash) -> MerkleHash {
        var bytes = Array(Self.label.utf8)
        previous.append(to: &bytes)
        for number in [number, time, uid] { Self.append(number, byteCount: 8, to: &bytes) }
        for text in [action, subject, detail.encoded()] {
            Self.append(UInt64(text.utf8.count), byteCount: 4, to: &bytes)
            bytes += text.utf8
        }
        return MerkleHash(digest: DigestAlgorithm.sha256.digest(bytes))
    }

    private static func append(_ number: UInt64, byteCount: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: 8 * (byteCount - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }
}
