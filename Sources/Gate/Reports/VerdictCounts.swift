import Encoding

/// How many verdicts a gate gave, by scene and code.
package struct VerdictCounts: Sendable, Equatable {
    /// The longest name of a scene, code or list in a report, in bytes.
    static let nameByteCountMax = 64

    /// The counts by scene, then by code; none is 0.
    private var counts: [String: [String: UInt64]] = [:]

    package init() {}

    /// Reads `{SCENE: {CODE: COUNT}}`; nil for anything else.
    init?(_ value: JSONValue) {
        guard let scenes = value.object else { return nil }
        for scene in scenes.members {
            guard let codes = scene.value.object else { return nil }
            for code in codes.members {
                guard let count = code.value.unsigned, count > 0, Self.isName(scene.key), Self.isName(code.key) else {
                    return nil
                }
                add(count, scene: scene.key, code: code.key)
            }
        }
    }

    package var isEmpty: Bool { counts.isEmpty }

    /// One number for each scene and code, in the order of scenes and codes.
    package var entries: [(scene: String, code: String, count: UInt64)] {
        counts.sorted { $0.key < $1.key }.flatMap { scene, codes in
            codes.sorted { $0.key < $1.key }.map { (scene, $0.key, $0.value) }
        }
    }

    /// The counts in a report, in the order of scenes and codes.
    var json: JSONValue {
        .object(
            JSONObject(
                counts.sorted { $0.key < $1.key }.map { scene, codes in
                    let members = codes.sorted { $0.key < $1.key }.map {
                        JSONObject.Member(key: $0.key, value: .integer(Int64(clamping: $0.value)))
                    }
                    return JSONObject.Member(key: scene, value: .object(JSONObject(members)))
                }))
    }

    /// Adds verdicts; a sum that no report can hold stays at the highest number.
    mutating func add(_ count: UInt64, scene: String, code: String) {
        let sum = counts[scene, default: [:]][code, default: 0].addingReportingOverflow(count)
        counts[scene, default: [:]][code] = sum.overflow ? UInt64(Int64.max) : min(sum.partialValue, UInt64(Int64.max))
    }

    mutating func add(_ other: VerdictCounts) {
        for entry in other.entries { add(entry.count, scene: entry.scene, code: entry.code) }
    }

    /// Takes an entry away, and returns its count.
    mutating func remove(scene: String, code: String) -> UInt64 {
        let count = counts[scene]?.removeValue(forKey: code) ?? 0
        if counts[scene]?.isEmpty == true { counts[scene] = nil }
        return count
    }

    /// Whether a text can be the name of a scene, a code, a warning or a list: letters, digits, `-` and `_`.
    static func isName(_ text: String) -> Bool {
        (1...nameByteCountMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
            }
    }
}

extension JSONValue {
    /// A whole number from 0.
    var unsigned: UInt64? { integer.flatMap(UInt64.init(exactly:)) }
}
