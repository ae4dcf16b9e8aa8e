import Encoding
import Signing

/// One line of a spool: its hash in hex, a space, and the event's JSON.
struct SpooledEvent: Sendable, Equatable {
    /// The longest line, its end included.
    static let byteCountMax = 4096
    private static let label = Array("suishen spool v1".utf8)

    /// The event's number, from 0, over the spool's whole life.
    let sequence: UInt64
    /// Drawn once when the event is spooled, so that repeated sending records one event.
    let idempotencyKey: String
    let request: JSONValue

    private var json: [UInt8] {
        let value: JSONValue = [
            "sequence": .integer(Int64(clamping: sequence)), "idempotencyKey": .string(idempotencyKey),
            "event": request,
        ]
        return Array(value.encoded().utf8)
    }

    /// The line and its hash, which covers the hash of the line before.
    func line(after previous: [UInt8]) -> (bytes: [UInt8], hash: [UInt8]) {
        let json = json
        let hash = DigestAlgorithm.sha256.digest(Self.label + previous + json)
        return (Array(Hex.encode(hash).utf8) + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")], hash)
    }

    /// Reads a line without its end; nil unless its hash follows `previous`.
    static func read(
        _ line: ArraySlice<UInt8>, after previous: [UInt8], sequence: UInt64
    ) -> (event: SpooledEvent, hash: [UInt8])? {
        guard line.count < byteCountMax, line.count > 65, line[line.startIndex + 64] == UInt8(ascii: " ") else {
            return nil
        }
        let json = Array(line.dropFirst(65))
        let hash = DigestAlgorithm.sha256.digest(label + previous + json)
        guard Array(Hex.encode(hash).utf8) == Array(line.prefix(64)),
            let value = try? JSONValue.parse(json, byteCountMax: byteCountMax, depthMax: 8),
            value["sequence"]?.integer == Int64(clamping: sequence), let key = value["idempotencyKey"]?.string,
            !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let request = value["event"]
        else { return nil }
        return (SpooledEvent(sequence: sequence, idempotencyKey: key, request: request), hash)
    }
}
