import Encoding
import TestSupport

/// The content of a gate's `state/seen.cbor`.
struct SeenState: Equatable {
    static let path = "state/seen.cbor"

    let version: UInt64?
    let digest: [UInt8]?
    let listTimes: [String: UInt64]

    init(_ gate: VerifyGate) throws {
        try self.init(folder: gate.folder)
    }

    init(folder: String) throws {
        let bytes = try ProjectFiles.bytes("\(folder)/\(Self.path)")
        let fields = try CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 1 << 20, depthMax: 4).map
        version = fields?[text: "version"]?.unsigned
        digest = fields?[text: "digest"]?.byteString
        var times: [String: UInt64] = [:]
        for entry in fields?[text: "lists"]?.map?.entries ?? [] {
            if let name = entry.key.text { times[name] = entry.value.unsigned }
        }
        listTimes = times
    }
}
